export interface Backoff {
  /** Milliseconds before the second try. */
  readonly baseMs: number;
  readonly maxMs: number;
}

export const DEFAULT_BACKOFF: Backoff = { baseMs: 500, maxMs: 60_000 };

/**
 * Milliseconds to wait after the given number of failures (1 = the first): doubled each time, between half and the whole
 * of it, so that consumers that failed together do not come back together.
 */
export function backoffDelay(failures: number, backoff: Backoff, random: () => number = Math.random): number {
  const full = Math.min(backoff.maxMs, backoff.baseMs * 2 ** Math.min(failures - 1, 30));
  return Math.round(full * (0.5 + random() / 2));
}
