import { randomUUID } from 'node:crypto';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type KafkaBroker, startKafka } from '../../../test/support/kafka.ts';
import { describeWith, needs } from '../../../test/support/needs.ts';
import { queueContract } from '../contract/index.ts';
import { kafkaQueue } from './index.ts';
import { topicsOf } from './topics.ts';

describeWith(needs.kafka, 'Kafka queue', () => {
  let kafka: KafkaBroker;
  beforeAll(async () => {
    kafka = await startKafka();
  });
  afterAll(() => kafka.stop());

  queueContract(async () => {
    const topicPrefix = `test-${randomUUID()}`;
    const topics = topicsOf(topicPrefix);
    const listeners = new Map<string, () => void>();
    return {
      open: () =>
        kafkaQueue({
          brokers: kafka.brokers,
          clientId: 'test',
          topicPrefix,
          partitions: 3,
          backoff: { baseMs: 2, maxMs: 10 },
          log(_level, message, { topic }) {
            if (message === 'fetched') listeners.get(String(topic))?.();
          },
        }),
      arrival: (lane) => new Promise((resolve) => listeners.set(topics.jobs[lane], resolve)),
      writeNotice: (value) => write(topics.notices, '1.2.1', value),
      writeEvent: (key, value) => write(topics.events, key, value),
    };
  });
  async function write(topic: string, key: string, value: string): Promise<void> {
    const producer = new Kafka({ brokers: kafka.brokers, logLevel: logLevel.NOTHING }).producer({
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    await producer.send({ topic, messages: [{ key, value }] });
    await producer.disconnect();
  }

  test('topics that the broker refuses are a fault of the configuration, and no connection is left that keeps the process running', async () => {
    const queue = kafkaQueue({
      brokers: kafka.brokers,
      clientId: 'test',
      topicPrefix: `test-${randomUUID()}`,
      replicationFactor: 3,
    });
    const refused = { code: 'CONFIG_INVALID', message: expect.stringContaining('queue.replicationFactor') };
    for (let tries = 0; tries < 3; tries += 1) await expect(queue.check()).rejects.toMatchObject(refused);
    expect(process.getActiveResourcesInfo()).not.toContain('TCPSocketWrap');
    await queue.close();
  });
});
