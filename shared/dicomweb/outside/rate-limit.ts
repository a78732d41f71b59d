import { pause } from '@maskwright/time';

/** Spaces calls out, so that an archive which must also serve people is not asked more often than its owner allows. */
export interface RateLimit {
  /** Resolves when it is the caller's turn, or when `signal` aborts. */
  turn(signal: AbortSignal): Promise<void>;
}

export const unlimited: RateLimit = { turn: async () => undefined };

/** @param perSecond calls a second; as many may come at once after a quiet second */
export function rateLimit(perSecond: number, now: () => number = () => performance.now()): RateLimit {
  const gap = 1000 / perSecond;
  let next = 0;
  return {
    async turn(signal) {
      // A second's worth of turns may be saved up.
      const mine = Math.max(next, now() - 1000 + gap);
      next = mine + gap;
      const wait = mine - now();
      if (wait > 0) await pause(wait, signal);
    },
  };
}
