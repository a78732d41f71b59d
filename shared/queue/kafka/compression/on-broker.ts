/** For tests: topics whose messages are compressed, and a queue that says what it cannot unpack. */
import { randomUUID } from 'node:crypto';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type KafkaBroker, startKafka } from '../../../../test/support/kafka.ts';
import { kafkaQueue } from '../index.ts';

interface OwnBroker {
  readonly kafka: KafkaBroker;
  readonly admin: Admin;
  /** Another one for each test. */
  readonly topicPrefix: string;
}

/** A broker of the tests around it, there while they run. */
export function ownBroker(): OwnBroker {
  let kafka: KafkaBroker;
  let admin: Admin;
  let topicPrefix: string;
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
  return {
    get kafka() {
      return kafka;
    },
    get admin() {
      return admin;
    },
    get topicPrefix() {
      return topicPrefix;
    },
  };
}

export async function makeTopic(admin: Admin, topic: string, compression: string): Promise<void> {
  await admin.createTopics({
    topics: [{ topic, numPartitions: 1, configEntries: [{ name: 'compression.type', value: compression }] }],
    // kafkajs' own wait fails where the broker has not heard of the topic yet.
    waitForLeaders: false,
  });
}

/** A queue that says what it passes over or waits for. */
export function listeningQueue(brokers: string[], topicPrefix: string) {
  const named: string[] = [];
  const ears = new Set<() => void>();
  const log = (_level: string, message: string, { code }: Readonly<Record<string, unknown>>) => {
    if (code !== 'QUEUE_UNREADABLE') return;
    named.push(message);
    for (const hear of ears) hear();
  };
  const heard = new Promise<void>((resolve) => ears.add(resolve));
  const queue = kafkaQueue({ brokers, clientId: 'test', topicPrefix, partitions: 1, log });
  return { queue, named, heard };
}
