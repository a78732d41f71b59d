import { pause } from '@maskwright/time';
import { backoffDelay } from '../backoff.ts';

const TRIES = 9;

/** kafkajs does not ask again where a topic has just been made or its leader is just being chosen: so it is done here. */
export async function untilLeaders<T>(ask: () => Promise<T>): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await ask();
    } catch (error) {
      const passing = error instanceof Error && 'type' in error && 'retriable' in error && error.retriable === true;
      if (!passing || failures >= TRIES) throw error;
      await pause(backoffDelay(failures, { baseMs: 50, maxMs: 2_000 }), new AbortController().signal);
    }
  }
}
