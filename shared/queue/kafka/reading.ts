import { randomUUID } from 'node:crypto';
import type { Admin, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';
import type { QueueLog } from '../log.ts';
import { unreadableBatch } from './compression/stand-in.ts';
import { disconnect, orDisconnect } from './disconnect.ts';
import { batchFailure } from './failure.ts';
import { untilLeaders } from './passing.ts';

/** A topic from its beginning on, by a reader that shares it with nobody and commits nothing. */
export interface Reading {
  /** Resolves at the next message or fetch, or when `signal` aborts. Rejects when the reading has broken off. */
  change(signal?: AbortSignal): Promise<void>;
  /** Whether everything before these offsets has been given out; `since` is what `mark` said when they were asked for. */
  hasReached(ends: readonly End[], since: Mark): boolean;
  mark(): Mark;
  /** To be called when there is room again after `isFull`. */
  goOn(): void;
  close(): Promise<void>;
}
export interface End {
  readonly partition: number;
  /** Offset after the last message. */
  readonly high: string;
}
/** How many fetches each broker has answered. */
export type Mark = ReadonlyMap<number, number>;

export interface ReadingParts {
  readonly kafka: Kafka;
  readonly topic: string;
  readonly groupId: string;
  readonly log: QueueLog;
  give(message: KafkaMessage): void;
  /** Where it says so, nothing more is fetched until `goOn`. */
  isFull?(): boolean;
}

const FETCH_WAIT_MS = 100;

export async function startReading({ kafka, topic, groupId, log, give, isFull }: ReadingParts): Promise<Reading> {
  const consumer = kafka.consumer({
    // A group of its own that commits nothing: whoever reads reads all of the topic.
    groupId: `${groupId}.view.${randomUUID()}`,
    sessionTimeout: 45_000,
    maxWaitTimeInMs: FETCH_WAIT_MS,
    allowAutoTopicCreation: false,
    retry: { initialRetryTime: 200, maxRetryTime: 5_000, retries: 5 },
  });
  const position = new Map<number, bigint>();
  const resting = new Set<number>();
  const waiting = new Set<() => void>();
  let broken: Error | undefined;
  const fetches = new Map<number, number>();
  let fetchesAtLastMessage: Mark = new Map();

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
  await orDisconnect(consumer, async () => {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({ autoCommit: false, eachBatch });
  });

  return {
    change,
    mark: () => new Map(fetches),
    hasReached: (ends, since) =>
      ends.every(({ partition, high }) => (position.get(partition) ?? 0n) >= BigInt(high)) || isQuietSince(since),
    goOn() {
      if (resting.size === 0) return;
      consumer.resume([{ topic, partitions: [...resting] }]);
      resting.clear();
      // Fetches that brought nothing because nothing was asked for say nothing.
      fetchesAtLastMessage = new Map(fetches);
    },
    close: () => disconnect(consumer),
  };

  async function eachBatch({ batch: { partition, messages } }: EachBatchPayload): Promise<void> {
    fetchesAtLastMessage = new Map(fetches);
    for (const message of messages) {
      const offset = BigInt(message.offset);
      // After a restart kafkajs begins at the beginning again.
      if (offset < (position.get(partition) ?? 0n)) continue;
      const batch = unreadableBatch(message);
      const failure = batch && batchFailure({ topic, partition }, batch);
      // Another broker may have it whole: whoever reads breaks off, and begins again.
      if (failure && !batch.isAsSent) {
        broken = failure;
        break;
      }
      position.set(partition, offset + 1n);
      if (failure) log('warn', `${failure.message}; it is passed over`, { code: failure.code });
      else give(message);
    }
    if (isFull?.()) {
      resting.add(partition);
      consumer.pause([{ topic, partitions: [partition] }]);
    }
    rouse();
  }

  /**
   * Compaction can leave the end of a log without a record, and then no message ever has the last offset. So it is an
   * answer too when each broker has brought nothing in three fetches: the first may have begun before the question, and
   * the third says that whatever the second brought has been given out.
   */
  function isQuietSince(before: Mark): boolean {
    const since = (broker: number) => Math.max(before.get(broker) ?? 0, fetchesAtLastMessage.get(broker) ?? 0);
    return resting.size === 0 && fetches.size > 0 && [...fetches].every(([broker, n]) => n - since(broker) >= 3);
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

/** Partitions that hold something. */
export async function endOffsets(admin: Admin, topic: string): Promise<End[]> {
  const all = await untilLeaders(() => admin.fetchTopicOffsets(topic));
  return all.filter(({ high, low }) => high !== low);
}
