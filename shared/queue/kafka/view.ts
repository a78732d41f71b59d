import { MaskwrightError } from '@maskwright/errors';
import { readable } from '../readable.ts';
import { kafkaFailure } from './failure.ts';
import { type End, endOffsets, type Reading, startReading } from './reading.ts';
import type { StreamParts } from './stream.ts';

/** A compacted topic as a map: the newest value of each key, oldest first. */
export interface View<T> {
  /** The map as it is once everything has been read that was in the topic when this was called. */
  snapshot(): Promise<Map<string, T>>;
  close(): Promise<void>;
}

const PATIENCE_MS = 30_000;
/** It holds the whole topic, so it is let go when nobody has asked for so long. */
const IDLE_MS = 60_000;

interface Held<T> {
  readonly reading: Reading;
  readonly values: Map<string, T>;
}

/** Reads the topic at the first question, and follows it until nobody asks any more. */
export function view<T>(parts: StreamParts<T>): View<T> {
  let held: Promise<Held<T>> | undefined;
  let idle: NodeJS.Timeout | undefined;

  return {
    async snapshot() {
      clearTimeout(idle);
      try {
        const ends = await endOffsets(await parts.admin(), parts.topic);
        held ??= hold();
        const { reading, values } = await held;
        await reach(reading, ends);
        return new Map(values);
      } catch (error) {
        await letGo();
        throw kafkaFailure(error, parts.brokers);
      } finally {
        clearTimeout(idle);
        idle = setTimeout(() => void letGo(), IDLE_MS);
        idle.unref();
      }
    },
    async close() {
      clearTimeout(idle);
      await letGo();
    },
  };

  async function hold(): Promise<Held<T>> {
    const values = new Map<string, T>();
    const reading = await startReading({
      ...parts,
      give({ key, value }) {
        const name = key?.toString() ?? '';
        values.delete(name);
        if (value === null) return;
        const parsed = readable(() => parts.parse(value), parts.log, { topic: parts.topic });
        if (parsed !== undefined) values.set(name, parsed);
      },
    });
    return { reading, values };
  }

  async function reach(reading: Reading, ends: readonly End[]): Promise<void> {
    const patience = AbortSignal.timeout(PATIENCE_MS);
    const since = reading.mark();
    while (!reading.hasReached(ends, since)) {
      if (patience.aborted) throw new MaskwrightError('QUEUE_UNREACHABLE', `${parts.topic} cannot be read to its end`);
      await reading.change(patience);
    }
  }

  async function letGo(): Promise<void> {
    const old = held;
    held = undefined;
    try {
      await (await old)?.reading.close();
    } catch {
      // It never got to read.
    }
  }
}
