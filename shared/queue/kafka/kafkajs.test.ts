import { randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import kafkajs, { type Admin, CompressionTypes, Kafka, logLevel, Partitioners } from 'kafkajs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type KafkaBroker, startKafka } from '../../../test/support/kafka.ts';
import { describeWith, needs } from '../../../test/support/needs.ts';
import { eventOf } from '../job-for.ts';
import { readStudyNotices } from '../notice-forms.ts';
import type { Queue } from '../queue.ts';
import { sampleJob } from '../sample.ts';
import { kafkaQueue } from './index.ts';
import { topicsOf } from './topics.ts';

/** README.md of this folder says which fault of kafkajs each of these is about. */
describeWith(needs.kafka, 'known faults of kafkajs', () => {
  let kafka: KafkaBroker;
  let topicPrefix: string;
  let open: Queue[];
  beforeAll(async () => {
    kafka = await startKafka();
  });
  afterAll(() => kafka.stop());
  beforeEach(() => {
    topicPrefix = `test-${randomUUID()}`;
    open = [];
  });
  afterEach(async () => void (await Promise.all(open.map((queue) => queue.close()))));

  function openQueue(): Queue {
    const queue = kafkaQueue({
      brokers: kafka.brokers,
      clientId: 'test',
      topicPrefix,
      partitions: 2,
      backoff: { baseMs: 20, maxMs: 200 },
      sessionTimeoutMs: 6_000,
    });
    open.push(queue);
    return queue;
  }

  test('a job that takes longer than the session is heard of all the while: nobody else gets it', async () => {
    const [first, second] = [openQueue(), openQueue()];
    await first.jobs.enqueue([sampleJob(1), sampleJob(2), sampleJob(3)]);
    const stop = new AbortController();
    const taken: string[] = [];
    let lost = false;
    const handle = async (job: { key: string }, signal: AbortSignal) => {
      taken.push(job.key);
      // This is about time itself: the session must end before the job does.
      if (job.key === sampleJob(1).key) await new Promise((resolve) => setTimeout(resolve, 9_000));
      lost ||= signal.aborted;
      if (taken.length === 3) stop.abort();
    };
    await Promise.all([first, second].map((queue) => queue.jobs.consume(handle, { signal: stop.signal })));
    expect(taken.toSorted()).toEqual([1, 2, 3].map((index) => sampleJob(index).key).toSorted());
    expect(lost).toBe(false);
  }, 60_000);

  test('jobs that retention has deleted before they were read do not stop the reader: it goes on with what is left', async () => {
    const queue = openQueue();
    await queue.jobs.enqueue(Array.from({ length: 20 }, (_, index) => sampleJob(index)));
    await take(queue, 3);
    const admin = new Kafka({ brokers: kafka.brokers, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const topic = topicsOf(topicPrefix).jobs.routine;
    const ends = await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({
      topic,
      partitions: ends.map(({ partition, high }) => ({ partition, offset: high })),
    });
    await admin.disconnect();
    await queue.jobs.enqueue([sampleJob(100)]);
    expect(await take(queue, 1)).toEqual([sampleJob(100).key]);
  });

  test('a sender whose clock is hours ahead is not refused: the broker stamps the messages', async () => {
    const queue = openQueue();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 5 * 3600_000 });
    try {
      await queue.jobs.enqueue([sampleJob(1)]);
    } finally {
      vi.useRealTimers();
    }
    expect(await take(queue, 1)).toEqual([sampleJob(1).key]);
  });

  test('what the idempotent producer has confirmed is there, though the broker is killed in the midst of it', async () => {
    const queue = openQueue();
    const confirmed = new Set<string>();
    await queue.jobs.enqueue([sampleJob(0)]);
    confirmed.add(sampleJob(0).key);
    let restarting: Promise<void> | undefined;
    for (let index = 1; index < 60; index++) {
      const { key } = sampleJob(index);
      if (index === 20) restarting = kafka.kill().then(() => kafka.restart());
      for (;;) {
        try {
          await queue.jobs.enqueue([sampleJob(index)]);
          break;
        } catch {
          // Not confirmed: it is sent again, and may then be there twice.
        }
      }
      confirmed.add(key);
    }
    await restarting;
    const stop = new AbortController();
    const seen = new Set<string>();
    await queue.jobs.consume(
      async ({ key }) => {
        seen.add(key);
        if (seen.size === confirmed.size) stop.abort();
      },
      { signal: stop.signal },
    );
    expect(seen).toEqual(confirmed);
  }, 120_000);
});

/** The broker packs again whatever it is sent, in the way that the topic says: so it is a producer of each kind. */
describeWith(needs.kafka, 'compressed messages', () => {
  let kafka: KafkaBroker;
  let topicPrefix: string;
  let admin: Admin;
  beforeAll(async () => {
    kafka = await startKafka();
    admin = new Kafka({ brokers: kafka.brokers, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
  });
  afterAll(async () => {
    await admin.disconnect();
    await kafka.stop();
  });
  beforeEach(() => {
    topicPrefix = `test-${randomUUID()}`;
  });

  async function makeTopic(topic: string, compression: string): Promise<void> {
    await admin.createTopics({
      topics: [{ topic, numPartitions: 1, configEntries: [{ name: 'compression.type', value: compression }] }],
      // kafkajs' own wait fails where the broker has not heard of the topic yet.
      waitForLeaders: false,
    });
  }

  test.each([
    ['gzip', CompressionTypes.GZIP],
    ['snappy', CompressionTypes.Snappy],
    ['lz4', CompressionTypes.LZ4],
    ['zstd', CompressionTypes.ZSTD],
  ] as const)('%s: notices and jobs are read', async (name, type) => {
    const topics = topicsOf(topicPrefix);
    for (const topic of [topics.notices, topics.jobs.routine]) await makeTopic(topic, name);
    const queue = kafkaQueue({ brokers: kafka.brokers, clientId: 'test', topicPrefix, partitions: 1 });
    const unpacked = vi.spyOn(kafkajs.CompressionCodecs, type);
    try {
      const studies = Array.from({ length: 500 }, (_, n) => `1.2.${n}`);
      await queue.notices.publish(studies.flatMap((study) => readStudyNotices(study)));
      expect(await takeNotices(queue, studies.length)).toEqual(studies);
      expect(unpacked).toHaveBeenCalled();
      await queue.jobs.enqueue([sampleJob(1), sampleJob(2)]);
      expect((await take(queue, 2)).toSorted()).toEqual([sampleJob(1).key, sampleJob(2).key].toSorted());
    } finally {
      unpacked.mockRestore();
      await queue.close();
    }
  });

  /** A queue that says what it passes over or waits for. */
  function listeningQueue() {
    const named: string[] = [];
    const ears = new Set<() => void>();
    const log = (_level: string, message: string, { code }: Readonly<Record<string, unknown>>) => {
      if (code !== 'QUEUE_UNREADABLE') return;
      named.push(message);
      for (const hear of ears) hear();
    };
    const heard = new Promise<void>((resolve) => ears.add(resolve));
    const queue = kafkaQueue({ brokers: kafka.brokers, clientId: 'test', topicPrefix, partitions: 1, log });
    return { queue, named, heard };
  }

  /** Keys of what lies among the dead and is no job, with its headers and value. */
  async function setAside() {
    const reader = new Kafka({ brokers: kafka.brokers, logLevel: logLevel.NOTHING }).consumer({
      groupId: randomUUID(),
    });
    const { promise, resolve } = Promise.withResolvers<unknown>();
    await reader.connect();
    await reader.subscribe({ topic: topicsOf(topicPrefix).dead, fromBeginning: true });
    await reader.run({
      eachMessage: async ({ message: { key, value, headers = {} } }) => {
        const told = Object.entries(headers).map(([name, text]) => [name, String(text)]);
        resolve({ key: String(key), value: String(value), ...Object.fromEntries(told) });
      },
    });
    try {
      return await promise;
    } finally {
      await reader.disconnect();
    }
  }

  test.each(['notices', 'jobs'] as const)(
    '%s: a small batch that would become large is named, set aside and passed over',
    async (kind) => {
      const topics = topicsOf(topicPrefix);
      const topic = kind === 'notices' ? topics.notices : topics.jobs.routine;
      await makeTopic(topic, 'producer');
      const { queue, named } = listeningQueue();
      try {
        await sendBomb(kafka.brokers, topic);
        await queue.notices.publish(readStudyNotices('1.2.3'));
        await queue.jobs.enqueue([sampleJob(1)]);
        const taken = kind === 'notices' ? await takeNotices(queue, 1) : await take(queue, 1);
        expect(taken).toEqual([kind === 'notices' ? '1.2.3' : sampleJob(1).key]);
        const where = `${topic}, partition 0, offsets 0 to 1`;
        expect(named).toEqual([expect.stringContaining(where)]);
        expect(named[0]).toMatch(/zstd, to 67108864 bytes at most.*passed over/);
        expect(await setAside()).toEqual({
          key: `unreadable:${topic}/0/0-1`,
          value: '',
          code: 'QUEUE_UNREADABLE',
          reason: expect.stringContaining('zstd'),
          from: `${topic}/0/0-1`,
        });
        expect(await queue.jobs.deadLetters()).toEqual([]);
      } finally {
        await queue.close();
      }
    },
    60_000,
  );

  test('the log of events is read on behind such a batch', async () => {
    const { events } = topicsOf(topicPrefix);
    await makeTopic(events, 'producer');
    const { queue, named } = listeningQueue();
    try {
      await sendBomb(kafka.brokers, events);
      const event = eventOf(sampleJob(1), { kind: 'queued', lane: 'routine' }, new Date(0));
      await queue.events.append(event);
      expect(await Array.fromAsync(queue.events.read(new AbortController().signal, { upToNow: true }))).toEqual([
        event,
      ]);
      expect(named).toEqual([expect.stringContaining(`${events}, partition 0, offsets 0 to 1`)]);
    } finally {
      await queue.close();
    }
  }, 60_000);

  test('notices that a disk has damaged are passed over: the sweep finds what they named', async () => {
    const { notices } = topicsOf(topicPrefix);
    await makeTopic(notices, 'gzip');
    const { queue, named } = listeningQueue();
    try {
      await queue.notices.publish(readStudyNotices('1.2.3'));
      await damage(notices);
      await queue.notices.publish(readStudyNotices('1.2.4'));
      expect(await takeNotices(queue, 1)).toEqual(['1.2.4']);
      expect(named).toEqual([expect.stringMatching(/offsets 0 to 0.*its checksum is wrong.*passed over/)]);
    } finally {
      await queue.close();
    }
  }, 60_000);

  test('jobs that a disk has damaged are named and waited for, until they are deleted', async () => {
    const topic = topicsOf(topicPrefix).jobs.routine;
    await makeTopic(topic, 'gzip');
    const { queue, named, heard } = listeningQueue();
    try {
      await queue.jobs.enqueue([sampleJob(1)]);
      await damage(topic);
      await queue.jobs.enqueue([sampleJob(2)]);
      const taken = take(queue, 1);
      await heard;
      expect(named[0]).toMatch(/offsets 0 to 0.*its checksum is wrong\)$/);
      // kafkajs deletes only where it knows the leader already.
      await admin.fetchTopicOffsets(topic);
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '1' }] });
      expect(await taken).toEqual([sampleJob(2).key]);
    } finally {
      await queue.close();
    }
  }, 60_000);

  /** Of the first batch of the topic, within its records. */
  async function damage(topic: string): Promise<void> {
    const file = await open(path.join(kafka.folder, 'logs', `${topic}-0`, `${'0'.repeat(20)}.log`), 'r+');
    try {
      await file.write(Buffer.from('damage'), 0, 6, 61 + 12);
    } finally {
      await file.close();
    }
  }
});

/** Two messages, one of 65 MiB, in a few kilobytes: the broker looks only at how long they are packed. */
async function sendBomb(brokers: string[], topic: string): Promise<void> {
  const ours = kafkajs.CompressionCodecs[CompressionTypes.ZSTD];
  kafkajs.CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: async ({ buffer }: { readonly buffer: Buffer }) => zstdCompressSync(buffer),
  });
  const producer = new Kafka({ brokers, logLevel: logLevel.NOTHING }).producer({
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  try {
    await producer.connect();
    await producer.send({
      topic,
      compression: CompressionTypes.ZSTD,
      messages: [{ value: Buffer.alloc(65 * 1024 ** 2) }, { value: 'small' }],
    });
  } finally {
    kafkajs.CompressionCodecs[CompressionTypes.ZSTD] = ours;
    await producer.disconnect();
  }
}

async function takeNotices(queue: Queue, count: number): Promise<string[]> {
  const studies: string[] = [];
  const stop = new AbortController();
  await queue.notices.consume(
    async ({ study }) => {
      studies.push(study);
      if (studies.length === count) stop.abort();
    },
    { signal: stop.signal },
  );
  return studies;
}

async function take(queue: Queue, count: number): Promise<string[]> {
  const keys: string[] = [];
  const stop = new AbortController();
  await queue.jobs.consume(
    async ({ key }) => {
      keys.push(key);
      if (keys.length === count) stop.abort();
    },
    { signal: stop.signal },
  );
  return keys;
}
