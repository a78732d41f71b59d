import { MaskwrightError } from '@maskwright/errors';
import { pause } from '@maskwright/time';
import type { Admin, Kafka, KafkaMessage } from 'kafkajs';
import type { QueueLog } from '../log.ts';
import { readable } from '../readable.ts';
import { kafkaFailure } from './failure.ts';
import { endOffsets, type Reading, startReading } from './reading.ts';

export interface StreamParts<T> {
  readonly kafka: Kafka;
  readonly admin: () => Promise<Admin>;
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly groupId: string;
  readonly log: QueueLog;
  parse(value: Buffer): T;
}

/** Fetching rests while so many messages wait for the reader. */
const ENOUGH = 500;
const PATIENCE_MS = 30_000;

/**
 * What a topic retains, oldest first, and then what comes, until `signal` aborts; or, `upToNow`, only what it held when it
 * was asked. However long the topic is, little more than one fetch of it is in memory.
 * @throws MaskwrightError QUEUE_UNREACHABLE, CONFIG_INVALID
 */
export async function* stream<T>(parts: StreamParts<T>, signal: AbortSignal, upToNow: boolean): AsyncGenerator<T> {
  const waiting: KafkaMessage[] = [];
  let reading: Reading | undefined;
  try {
    const ends = await endOffsets(await parts.admin(), parts.topic);
    if (upToNow && ends.length === 0) return;
    reading = await startReading({
      ...parts,
      give: (message) => void waiting.push(message),
      isFull: () => waiting.length >= ENOUGH,
    });
    const since = reading.mark();
    while (!signal.aborted) {
      for (const message of waiting.splice(0)) {
        if (signal.aborted) return;
        const value = parsed(parts, message);
        if (value !== undefined) yield value;
      }
      reading.goOn();
      if (upToNow && waiting.length === 0 && reading.hasReached(ends, since)) return;
      await (upToNow ? changeInTime(reading, signal, parts.topic) : reading.change(signal));
    }
  } catch (error) {
    throw kafkaFailure(error, parts.brokers);
  } finally {
    await reading?.close();
  }
}

/** Fetches come several times a second, so a long silence means that none come any more. */
async function changeInTime(reading: Reading, signal: AbortSignal, topic: string): Promise<void> {
  const answered = new AbortController();
  const silence = pause(PATIENCE_MS, AbortSignal.any([signal, answered.signal])).then(() => {
    if (signal.aborted || answered.signal.aborted) return;
    throw new MaskwrightError('QUEUE_UNREACHABLE', `${topic} cannot be read to its end`);
  });
  try {
    await Promise.race([reading.change(signal), silence]);
  } finally {
    answered.abort();
  }
}

/** Undefined where it is a tombstone, or nothing that can be read, which is said. */
function parsed<T>({ parse, log, topic }: StreamParts<T>, { value }: KafkaMessage): T | undefined {
  return value === null ? undefined : readable(() => parse(value), log, { topic });
}
