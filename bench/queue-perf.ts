import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { runProcess } from './child-process.ts';
import { PARTITIONS } from './queue-sides.ts';

/** What the broker's own tools say; many records go in one request there, which no queue of jobs can do. */
export interface BrokersOwn {
  readonly producer: string;
  readonly consumer: string;
}

const RECORDS = 20_000;
const RECORD_BYTES = 400;

/** kafka-producer-perf-test and kafka-consumer-perf-test; null where their jar is not there. */
export async function brokersOwn(
  brokers: readonly string[],
  dist: string,
  tools: string | undefined,
): Promise<BrokersOwn | null> {
  const folders = [path.join(dist, 'libs'), ...(tools === undefined ? [] : [tools])].filter((one) => existsSync(one));
  if (!folders.some((one) => readdirSync(one).some((name) => name.startsWith('kafka-tools-')))) return null;
  const topic = `perf-${randomUUID()}`;
  const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS }] });
  await admin.disconnect();
  const java = (name: string, ...options: string[]) =>
    runProcess([
      'java',
      '-Xmx128m',
      '-cp',
      folders.map((one) => path.join(one, '*')).join(path.delimiter),
      `org.apache.kafka.tools.${name}`,
      '--bootstrap-server',
      brokers.join(),
      '--topic',
      topic,
      '--num-records',
      String(RECORDS),
      ...options,
    ]);
  const producer = await java(
    'ProducerPerformance',
    ...['--record-size', String(RECORD_BYTES), '--throughput', '-1', '--command-property', 'acks=all'],
  );
  const consumer = await java('ConsumerPerformance', '--timeout', '60000');
  return { producer: producer.trim(), consumer: consumer.trim() };
}
