import { randomUUID } from 'node:crypto';
import { MaskwrightError } from '@maskwright/errors';
import type { Admin, Consumer, Kafka } from 'kafkajs';
import { backoffDelay } from '../backoff.ts';
import { pause } from '../pause.ts';
import { kafkaFailure } from './failure.ts';
import type { QueueLog } from './log.ts';

export interface ViewParts<T> {
  readonly kafka: Kafka;
  readonly admin: () => Promise<Admin>;
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly groupId: string;
  readonly log: QueueLog;
  parse(value: Buffer): T;
}

/** A compacted topic as a map: the newest value of each key, oldest first. It reads the topic once and then follows it. */
export interface View<T> {
  /** The map as it is once everything has been read that was in the topic when this was called. */
  snapshot(): Promise<Map<string, T>>;
  /** The snapshot's values and then each new one, until `signal` aborts. */
  follow(signal: AbortSignal): AsyncGenerator<T>;
  close(): Promise<void>;
}

const FETCH_WAIT_MS = 100;
const PATIENCE_MS = 30_000;

export function view<T>(parts: ViewParts<T>): View<T> {
  let reading: Promise<Reading<T>> | undefined;

  return {
    async snapshot() {
      return new Map((await caughtUp()).values);
    },
    async *follow(signal) {
      const current = await caughtUp();
      const news: T[] = [...current.values.values()];
      // From here to the first wait nothing can come between: no message is missed or seen twice.
      const stopListening = current.listen((value) => news.push(value));
      try {
        while (!signal.aborted) {
          const next = news.shift();
          if (next === undefined) await current.change(signal);
          else yield next;
        }
      } finally {
        stopListening();
      }
    },
    async close() {
      const current = reading;
      reading = undefined;
      try {
        await (await current)?.close();
      } catch {
        // It never got to read.
      }
    },
  };

  async function caughtUp(): Promise<Reading<T>> {
    try {
      const offsets = await endOffsets(await parts.admin(), parts.topic);
      reading ??= startReading(parts);
      const current = await reading;
      await current.reach(offsets.filter(({ high, low }) => high !== low));
      return current;
    } catch (error) {
      const broken = reading;
      reading = undefined;
      void broken?.then((current) => current.close()).catch(() => undefined);
      throw kafkaFailure(error, parts.brokers);
    }
  }
}

/** kafkajs does not try this again where the leader of a partition is just being chosen: so it is done here. */
async function endOffsets(admin: Admin, topic: string) {
  for (let failures = 1; ; failures += 1) {
    try {
      return await admin.fetchTopicOffsets(topic);
    } catch (error) {
      const passing = error instanceof Error && 'type' in error && 'retriable' in error && error.retriable === true;
      if (!passing || failures > 8) throw error;
      await pause(backoffDelay(failures, { baseMs: 50, maxMs: 2_000 }), new AbortController().signal);
    }
  }
}

interface Reading<T> {
  readonly values: ReadonlyMap<string, T>;
  listen(listener: (value: T) => void): () => void;
  /** Resolves at the next message or fetch, or when `signal` aborts. Rejects when the reading has broken off. */
  change(signal?: AbortSignal): Promise<void>;
  /** Resolves when all partitions are read up to these offsets. */
  reach(ends: readonly { readonly partition: number; readonly high: string }[]): Promise<void>;
  close(): Promise<void>;
}

async function startReading<T>({ kafka, topic, groupId, log, parse }: ViewParts<T>): Promise<Reading<T>> {
  const consumer = kafka.consumer({
    // A group of its own that commits nothing: whoever reads a view reads all of the topic.
    groupId: `${groupId}.view.${randomUUID()}`,
    sessionTimeout: 45_000,
    maxWaitTimeInMs: FETCH_WAIT_MS,
    allowAutoTopicCreation: false,
    retry: { initialRetryTime: 200, maxRetryTime: 5_000, retries: 5 },
  });
  const values = new Map<string, T>();
  const position = new Map<number, bigint>();
  const listeners = new Set<(value: T) => void>();
  const waiting = new Set<() => void>();
  let broken: Error | undefined;
  /** How many fetches each broker has answered, now and when the last message came. */
  const fetches = new Map<number, number>();
  let fetchesAtLastMessage: ReadonlyMap<number, number> = new Map();

  consumer.on(consumer.events.FETCH_START, ({ payload: { nodeId } }) => {
    if (!fetches.has(nodeId)) fetches.set(nodeId, 0);
  });
  consumer.on(consumer.events.FETCH, ({ payload: { nodeId } }) => {
    fetches.set(nodeId, (fetches.get(nodeId) ?? 0) + 1);
    rouse();
  });
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (payload.restart) return;
    broken = payload.error;
    rouse();
  });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      fetchesAtLastMessage = new Map(fetches);
      for (const message of batch.messages) {
        const offset = BigInt(message.offset);
        // After a restart kafkajs begins at the beginning again.
        if (offset < (position.get(batch.partition) ?? 0n)) continue;
        position.set(batch.partition, offset + 1n);
        apply(message.key?.toString() ?? '', message.value);
      }
      rouse();
    },
  });

  return {
    values,
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    change,
    async reach(ends) {
      const isRead = () => ends.every(({ partition, high }) => (position.get(partition) ?? 0n) >= BigInt(high));
      const patience = AbortSignal.timeout(PATIENCE_MS);
      const before = new Map(fetches);
      while (!isRead() && !isQuietSince(before)) {
        if (patience.aborted) throw new MaskwrightError('QUEUE_UNREACHABLE', `${topic} cannot be read to its end`);
        await change(patience);
      }
    },
    close: () => leave(consumer),
  };

  /**
   * Compaction can leave the end of a log without a record, and then no message ever has the last offset. So it is an
   * answer too when each broker has brought nothing in three fetches: the first may have begun before the question, and
   * the third says that whatever the second brought has been applied.
   */
  function isQuietSince(before: ReadonlyMap<number, number>): boolean {
    const since = (broker: number) => Math.max(before.get(broker) ?? 0, fetchesAtLastMessage.get(broker) ?? 0);
    return fetches.size > 0 && [...fetches].every(([broker, count]) => count - since(broker) >= 3);
  }

  function apply(key: string, value: Buffer | null): void {
    values.delete(key);
    if (value === null) return;
    try {
      const parsed = parse(value);
      values.set(key, parsed);
      for (const listener of listeners) listener(parsed);
    } catch (error) {
      log('warn', error instanceof Error ? error.message : String(error), { topic });
    }
  }

  function rouse(): void {
    for (const resolve of [...waiting]) resolve();
  }

  function change(signal?: AbortSignal): Promise<void> {
    if (broken !== undefined) return Promise.reject(broken);
    return new Promise((resolve, reject) => {
      const done = () => {
        waiting.delete(done);
        signal?.removeEventListener('abort', done);
        if (broken === undefined) resolve();
        else reject(broken);
      };
      waiting.add(done);
      signal?.addEventListener('abort', done);
      if (signal?.aborted) done();
    });
  }
}

async function leave(consumer: Consumer): Promise<void> {
  try {
    await consumer.disconnect();
  } catch {
    // The broker is away: it will notice by the missing heartbeats.
  }
}
