import { randomUUID } from 'node:crypto';
import { MaskwrightError } from '@maskwright/errors';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type KafkaBroker, startKafka } from '../../../test/support/kafka.ts';
import { describeWith, needs } from '../../../test/support/needs.ts';
import type { Job, Queue } from '../queue.ts';
import { sampleEvent, sampleJob } from '../sample.ts';
import { kafkaQueue } from './index.ts';
import { topicsOf } from './topics.ts';

describeWith(needs.kafka, 'Kafka queue when things break', () => {
  let kafka: KafkaBroker;
  let topicPrefix: string;
  let open: Queue[];
  beforeAll(async () => {
    kafka = await startKafka({ secure: true });
  });
  afterAll(() => kafka.stop());
  beforeEach(() => {
    topicPrefix = `test-${randomUUID()}`;
    open = [];
  });
  afterEach(async () => void (await Promise.all(open.map((queue) => queue.close()))));

  function openQueue(log?: (message: string) => void): Queue {
    const queue = kafkaQueue({
      brokers: kafka.brokers,
      clientId: 'test',
      topicPrefix,
      partitions: 4,
      backoff: { baseMs: 20, maxMs: 200 },
      // The least that a broker allows.
      sessionTimeoutMs: 6_000,
      log: (_level, message) => log?.(message),
    });
    open.push(queue);
    return queue;
  }

  const jobs = (count: number) =>
    Array.from({ length: count }, (_, index) => sampleJob(index, { study: `1.2.${index % 7}` }));

  test('a message that is no job is set aside as it came, and its neighbours go on', async () => {
    const queue = openQueue();
    const topics = topicsOf(topicPrefix);
    await queue.jobs.enqueue([sampleJob(1)]);
    const producer = new Kafka({ brokers: kafka.brokers, logLevel: logLevel.NOTHING }).producer({
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    await producer.send({
      topic: topics.jobs.routine,
      messages: ['garbage', null, '{}'].map((value) => ({ key: sampleJob(1).study, value })),
    });
    await producer.disconnect();
    await queue.jobs.enqueue([sampleJob(2)]);
    expect(await take(queue, 2)).toEqual([sampleJob(1), sampleJob(2)]);
    expect(await queue.jobs.deadLetters()).toEqual([]);
    const dead = await readAll(kafka.brokers, topics.dead, 3);
    expect(dead.map(({ value }) => value)).toEqual(['garbage', '', '{}']);
    expect(dead.every(({ reason }) => reason.startsWith('job is not valid'))).toBe(true);
  });

  test('many messages of one study keep their order while fetching rests and goes on', async () => {
    const queue = openQueue();
    const many = Array.from({ length: 700 }, (_, index) => sampleJob(index));
    await queue.jobs.enqueue(many.slice(0, 350));
    await queue.jobs.enqueue(many.slice(350));
    expect((await take(queue, 700)).map((job) => job.key)).toEqual(many.map((job) => job.key));
  });

  test('TLS with SCRAM is spoken; wrong credentials are a fault of the configuration and are not tried for ever', async () => {
    const { brokers, ca, username, password } = kafka.secure;
    const withPassword = (given: string) => {
      const sasl = { mechanism: 'scram-sha-512', username, password: given } as const;
      const queue = kafkaQueue({ brokers, clientId: 'test', topicPrefix, ssl: { ca: [ca] }, sasl });
      open.push(queue);
      return queue;
    };
    await withPassword(password).jobs.enqueue([sampleJob(1)]);
    expect(await take(withPassword(password), 1)).toEqual([sampleJob(1)]);
    const refused = { code: 'CONFIG_INVALID', message: expect.stringContaining(brokers.join()) };
    await expect(withPassword('wrong').jobs.enqueue([sampleJob(1)])).rejects.toMatchObject(refused);
    await expect(take(withPassword('wrong'), 1)).rejects.toMatchObject(refused);
  });

  test('a second consumer takes its share; what is in hand of a partition that moves is told to stop', async () => {
    const [first, second] = [openQueue(), openQueue()];
    await first.jobs.enqueue(jobs(28));
    const stop = new AbortController();
    const done = new Set<string>();
    const takers = new Set<string>();
    const { promise: firstBusy, resolve: firstIsBusy } = Promise.withResolvers<void>();
    const { promise: moved, resolve: hasMoved } = Promise.withResolvers<void>();
    const finish = (who: string, job: Job) => {
      takers.add(who);
      done.add(job.key);
      if (done.size === 28) stop.abort();
    };
    const one = first.jobs.consume(
      async (job, signal) => {
        firstIsBusy();
        // Holds what it has until some of it is taken away.
        signal.addEventListener('abort', () => hasMoved());
        await moved;
        signal.throwIfAborted();
        finish('first', job);
      },
      { signal: stop.signal, concurrency: 4 },
    );
    await firstBusy;
    const two = second.jobs.consume(async (job) => finish('second', job), { signal: stop.signal, concurrency: 4 });
    await Promise.all([one, two]);
    expect(done.size).toBe(28);
    expect(takers).toContain('second');
    expect(await first.jobs.deadLetters()).toEqual([]);
  });

  test('a broker that is away is named, and everything goes on when it is back', async () => {
    const queue = openQueue();
    await queue.jobs.enqueue(jobs(14));
    await queue.events.append(sampleEvent(1, { kind: 'running' }));
    expect(await runningJobs(queue)).toBe(1);
    const stop = new AbortController();
    const done: string[] = [];
    const { promise: half, resolve: halfDone } = Promise.withResolvers<void>();
    const { promise: back, resolve: isBack } = Promise.withResolvers<void>();
    const consumed = queue.jobs.consume(
      async (job) => {
        if (done.length === 7) {
          halfDone();
          await back;
        }
        done.push(job.key);
        if (new Set(done).size === 21) stop.abort();
      },
      { signal: stop.signal },
    );
    await half;
    await kafka.kill();
    const away = await queue.jobs.enqueue(jobs(15).slice(14)).catch((error: unknown) => error);
    expect(away).toBeInstanceOf(MaskwrightError);
    expect(away).toMatchObject({ code: 'QUEUE_UNREACHABLE', message: expect.stringContaining(kafka.brokers.join()) });
    await expect(runningJobs(queue)).rejects.toMatchObject({ code: 'QUEUE_UNREACHABLE' });
    await kafka.restart();
    isBack();
    await queue.jobs.enqueue(jobs(21).slice(14));
    await consumed;
    expect(new Set(done).size).toBe(21);
    // Only the job in hand when the broker went may have come twice.
    expect(done.length).toBeLessThanOrEqual(22);
    await queue.events.append(sampleEvent(2, { kind: 'running' }));
    expect(await runningJobs(queue)).toBe(2);
  }, 120_000);
});

async function take(queue: Queue, count: number): Promise<Job[]> {
  const taken: Job[] = [];
  const stop = new AbortController();
  await queue.jobs.consume(
    async (job) => {
      taken.push(job);
      if (taken.length === count) stop.abort();
    },
    { signal: stop.signal },
  );
  return taken;
}

/** As many of two jobs as the log knows. */
async function runningJobs(queue: Queue): Promise<number> {
  return (await queue.events.newest([sampleJob(1).key, sampleJob(2).key], new AbortController().signal)).size;
}

/** The first messages of a topic, read with kafkajs alone. */
async function readAll(brokers: string[], topic: string, count: number) {
  const consumer = new Kafka({ brokers, logLevel: logLevel.NOTHING }).consumer({ groupId: randomUUID() });
  const read: { readonly value: string | undefined; readonly reason: string }[] = [];
  const { promise: all, resolve } = Promise.withResolvers<void>();
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => {
      read.push({ value: message.value?.toString(), reason: String(message.headers?.reason) });
      if (read.length === count) resolve();
    },
  });
  await all;
  await consumer.disconnect();
  return read;
}
