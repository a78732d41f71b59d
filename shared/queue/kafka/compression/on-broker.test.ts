import { randomUUID } from 'node:crypto';
import { zstdCompressSync } from 'node:zlib';
import kafkajs, { CompressionTypes, Kafka, logLevel, Partitioners } from 'kafkajs';
import { expect, test, vi } from 'vitest';
import { describeWith, needs } from '../../../../test/support/needs.ts';
import { handled, noticed } from '../../contract/consume.ts';
import { eventOf } from '../../job-for.ts';
import { readStudyNotices } from '../../notice-forms.ts';
import { sampleJob } from '../../sample.ts';
import { kafkaQueue } from '../index.ts';
import { topicsOf } from '../topics.ts';
import { listeningQueue, makeTopic, ownBroker } from './on-broker.ts';

/** The broker packs again whatever it is sent, in the way that the topic says: so it is a producer of each kind. */
describeWith(needs.kafka, 'compressed messages', () => {
  const at = ownBroker();

  test.each([
    ['gzip', CompressionTypes.GZIP],
    ['snappy', CompressionTypes.Snappy],
    ['lz4', CompressionTypes.LZ4],
    ['zstd', CompressionTypes.ZSTD],
  ] as const)('%s: notices and jobs are read', async (name, type) => {
    const topics = topicsOf(at.topicPrefix);
    for (const topic of [topics.notices, topics.jobs.routine]) await makeTopic(at.admin, topic, name);
    const queue = kafkaQueue({
      brokers: at.kafka.brokers,
      clientId: 'test',
      topicPrefix: at.topicPrefix,
      partitions: 1,
    });
    const unpacked = vi.spyOn(kafkajs.CompressionCodecs, type);
    try {
      const notices = Array.from({ length: 500 }, (_, n) => `1.2.${n}`).flatMap((study) => readStudyNotices(study));
      await queue.notices.publish(notices);
      expect(await noticed(queue, notices.length)).toEqual(notices);
      expect(unpacked).toHaveBeenCalled();
      await queue.jobs.enqueue([sampleJob(1), sampleJob(2)]);
      expect(await handled(queue, 2)).toEqual([sampleJob(1), sampleJob(2)]);
    } finally {
      unpacked.mockRestore();
      await queue.close();
    }
  });

  test.each(['notices', 'jobs'] as const)(
    '%s: a small batch that would become large is named, set aside and passed over',
    async (kind) => {
      const topics = topicsOf(at.topicPrefix);
      const topic = kind === 'notices' ? topics.notices : topics.jobs.routine;
      await makeTopic(at.admin, topic, 'producer');
      const { queue, named } = listeningQueue(at.kafka.brokers, at.topicPrefix);
      try {
        await sendBomb(at.kafka.brokers, topic);
        const notices = readStudyNotices('1.2.3');
        await queue.notices.publish(notices);
        await queue.jobs.enqueue([sampleJob(1)]);
        const taken = kind === 'notices' ? await noticed(queue, 1) : await handled(queue, 1);
        expect(taken).toEqual(kind === 'notices' ? notices : [sampleJob(1)]);
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
    const { events } = topicsOf(at.topicPrefix);
    await makeTopic(at.admin, events, 'producer');
    const { queue, named } = listeningQueue(at.kafka.brokers, at.topicPrefix);
    try {
      await sendBomb(at.kafka.brokers, events);
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

  /** Keys of what lies among the dead and is no job, with its headers and value. */
  async function setAside() {
    const reader = new Kafka({ brokers: at.kafka.brokers, logLevel: logLevel.NOTHING }).consumer({
      groupId: randomUUID(),
    });
    const { promise, resolve } = Promise.withResolvers<unknown>();
    await reader.connect();
    await reader.subscribe({ topic: topicsOf(at.topicPrefix).dead, fromBeginning: true });
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
