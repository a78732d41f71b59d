import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type KafkaBroker, startKafka } from '../../../test/support/kafka.ts';
import { describeWith, needs } from '../../../test/support/needs.ts';
import { handled } from '../contract/consume.ts';
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
    await handled(queue, 3);
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
    expect(await handled(queue, 1)).toEqual([sampleJob(100)]);
  });

  test('a sender whose clock is hours ahead is not refused: the broker stamps the messages', async () => {
    const queue = openQueue();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 5 * 3600_000 });
    try {
      await queue.jobs.enqueue([sampleJob(1)]);
    } finally {
      vi.useRealTimers();
    }
    expect(await handled(queue, 1)).toEqual([sampleJob(1)]);
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
