import { randomUUID } from 'node:crypto';
import { zstdCompressSync } from 'node:zlib';
import kafkajs, { type Admin, CompressionTypes, Kafka, logLevel, Partitioners } from 'kafkajs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type KafkaBroker, startKafka } from '../../../test/support/kafka.ts';
import { describeWith, needs } from '../../../test/support/needs.ts';
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

  test('a small batch that would become large is named; once it is deleted, reading goes on', async () => {
    const { notices } = topicsOf(topicPrefix);
    await makeTopic(notices, 'producer');
    const { promise: named, resolve: name } = Promise.withResolvers<unknown>();
    const log = (_level: string, message: string, { code }: Readonly<Record<string, unknown>>) => {
      if (code === 'QUEUE_UNREADABLE') name(message);
    };
    const queue = kafkaQueue({ brokers: kafka.brokers, clientId: 'test', topicPrefix, partitions: 1, log });
    try {
      await sendBomb(kafka.brokers, notices);
      const studies = takeNotices(queue, 1);
      expect(await named).toMatch(/zstd, to 67108864 bytes at most/);
      const [end] = await admin.fetchTopicOffsets(notices);
      await admin.deleteTopicRecords({ topic: notices, partitions: [{ partition: 0, offset: end?.high ?? '' }] });
      await queue.notices.publish(readStudyNotices('1.2.3'));
      expect(await studies).toEqual(['1.2.3']);
    } finally {
      await queue.close();
    }
  }, 60_000);
});

/** One message of 65 MiB in a few kilobytes: the broker looks only at how long it is packed. */
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
      messages: [{ value: Buffer.alloc(65 * 1024 ** 2) }],
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
