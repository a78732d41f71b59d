/** Goes on until its `stop` aborts, then ends the work in hand. */
export type Work = (stop: AbortSignal) => Promise<void>;

/**
 * Runs works side by side until all have ended; `signal` stops them all. Where one fails the others are stopped likewise and
 * waited for, and only then its error is thrown: what they share may be closed after this.
 */
export async function together(works: readonly Work[], signal: AbortSignal): Promise<void> {
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  const runs = works.map(async (work) => work(stop));
  try {
    await Promise.all(runs);
  } catch (error) {
    failed.abort();
    await Promise.allSettled(runs);
    throw error;
  }
}
