/** Half a result for each bin, so that an empty one costs much but not everything. */
const EACH = 0.5;

/**
 * Population stability index of counts against expected shares: Σ (a − e) ln (a / e), where a is the share that was seen, with
 * half a result for each bin spread as is expected. 0 where counts are as expected; never negative, always finite.
 * @param counts at least one, none negative
 * @param expected as many shares, each above 0, of sum 1; default: all the same
 */
export function stabilityIndex(
  counts: readonly number[],
  expected: readonly number[] = counts.map(() => 1 / counts.length),
): number {
  const added = EACH * counts.length;
  const total = counts.reduce((sum, count) => sum + count, 0) + added;
  const index = counts.reduce((sum, count, bin) => {
    const e = expected[bin] ?? 0;
    const a = (count + added * e) / total;
    return sum + (a - e) * Math.log(a / e);
  }, 0);
  return Math.max(0, index);
}
