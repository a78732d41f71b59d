/** Parts in which percentiles (0–100) are counted. */
export const TENTHS = 10;

/** How many of the percentiles (0–100) lie in each tenth. */
export function tenthsOf(percentiles: readonly number[]): number[] {
  const counts = Array.from({ length: TENTHS }, () => 0);
  for (const one of percentiles) {
    const bin = Math.min(TENTHS - 1, Math.max(0, Math.floor((one * TENTHS) / 100)));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}
