import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { embeddedQueue, type Job, kafkaQueue, parseJob, type Queue } from '@maskwright/queue';
import { Kafka, logLevel, Partitioners } from 'kafkajs';

/** One way to hand jobs on; each side begins empty. */
export interface Side {
  readonly name: string;
  /** Durable when it resolves: on the disk, or with the broker. */
  publish(jobs: readonly Job[]): Promise<void>;
  /** Calls for each job, and commits each by itself afterwards, until `signal` aborts. */
  receive(onJob: (key: string) => void, concurrency: number, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export const PARTITIONS = 12;

export function ourEmbedded(): Side {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'queue-bench-'));
  return ours('embedded queue', embeddedQueue({ file: path.join(folder, 'queue.sqlite') }), () =>
    rmSync(folder, { recursive: true }),
  );
}

export function ourKafka(brokers: readonly string[], topicPrefix: string): Side {
  return ours('Kafka queue', kafkaQueue({ brokers, clientId: 'bench', topicPrefix, partitions: PARTITIONS }));
}

function ours(name: string, queue: Queue, clear: () => void = () => undefined): Side {
  return {
    name,
    publish: (jobs) => queue.jobs.enqueue(jobs),
    receive: (onJob, concurrency, signal) => queue.jobs.consume(async ({ key }) => onJob(key), { concurrency, signal }),
    async close() {
      await queue.close();
      clear();
    },
  };
}

/** A table, an insert, and a select with a delete: no lanes, no retries, no owners, no order of a study. As durable as ours. */
export function bareSqlite(): Side {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'queue-bench-'));
  const database = new DatabaseSync(path.join(folder, 'queue.sqlite'));
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
  database.exec('CREATE TABLE jobs (seq INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT');
  const add = database.prepare('INSERT INTO jobs (body) VALUES (?)');
  const first = database.prepare('SELECT seq, body FROM jobs ORDER BY seq LIMIT 1');
  const remove = database.prepare('DELETE FROM jobs WHERE seq = ?');
  let rouse: () => void = () => undefined;
  return {
    name: 'bare node:sqlite',
    async publish(jobs) {
      database.exec('BEGIN IMMEDIATE');
      for (const job of jobs) add.run(JSON.stringify(job));
      database.exec('COMMIT');
      rouse();
    },
    async receive(onJob, _concurrency, signal) {
      signal.addEventListener('abort', () => rouse());
      while (!signal.aborted) {
        const row = first.get();
        if (row === undefined) {
          await new Promise<void>((resolve) => {
            rouse = resolve;
          });
          continue;
        }
        onJob(parseJob(String(row.body)).key);
        remove.run(Number(row.seq));
        // As any handler would, it lets others run.
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    async close() {
      database.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** One topic, acks of all replicas, a commit a message: no lanes, no retries, no heartbeat beside a long job. */
export async function bareKafkajs(brokers: readonly string[], topic: string): Promise<Side> {
  const kafka = new Kafka({ clientId: 'bare', brokers: [...brokers], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS }] });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  return {
    name: 'bare kafkajs',
    async publish(jobs) {
      await producer.send({
        topic,
        acks: -1,
        messages: jobs.map((job) => ({ key: job.study, value: JSON.stringify(job) })),
      });
    },
    async receive(onJob, concurrency, signal) {
      const consumer = kafka.consumer({ groupId: topic, maxWaitTimeInMs: 200 });
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      const { promise: aborted, resolve } = Promise.withResolvers<void>();
      signal.addEventListener('abort', () => resolve());
      await consumer.run({
        autoCommit: false,
        partitionsConsumedConcurrently: concurrency,
        async eachMessage({ partition, message }) {
          if (signal.aborted) return;
          onJob(parseJob(message.value ?? '').key);
          await consumer.commitOffsets([{ topic, partition, offset: String(BigInt(message.offset) + 1n) }]);
        },
      });
      await aborted;
      await consumer.disconnect();
    },
    async close() {
      await producer.disconnect();
      await admin.disconnect();
    },
  };
}
