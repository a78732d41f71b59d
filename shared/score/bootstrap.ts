export interface Interval {
  readonly mean: number;
  /** Bounds of the 95 % interval of the mean. */
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 2000;

/**
 * Percentile bootstrap of whole groups, as values of one group are alike; the same values, groups and seed give the same
 * interval. NaN without values.
 * @param groups of each value; default: each value is a group of its own
 * @throws RangeError where there are not as many groups as values
 */
export function meanWithInterval(values: ArrayLike<number>, groups?: readonly string[], seed = 7): Interval {
  if (groups && groups.length !== values.length)
    throw new RangeError(`${values.length} values with ${groups.length} groups`);
  if (values.length === 0) return { mean: Number.NaN, low: Number.NaN, high: Number.NaN };
  const { sums, counts } = totalsOf(values, groups);
  const random = randomOf(seed);
  const means = Float64Array.from({ length: RESAMPLES }, () => {
    let [sum, count] = [0, 0];
    for (let i = 0; i < sums.length; i++) {
      const drawn = Math.floor(random() * sums.length);
      sum += sums[drawn] ?? 0;
      count += counts[drawn] ?? 0;
    }
    return sum / count;
  }).sort();
  return {
    mean: sums.reduce((total, sum) => total + sum, 0) / values.length,
    low: means[Math.floor(0.025 * RESAMPLES)] ?? Number.NaN,
    high: means[Math.ceil(0.975 * RESAMPLES) - 1] ?? Number.NaN,
  };
}

/** A resample needs of each group its sum and its count only. */
function totalsOf(values: ArrayLike<number>, groups: readonly string[] | undefined) {
  const places = new Map<string | number, number>();
  const sums: number[] = [];
  const counts: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const group = groups?.[i] ?? i;
    const at = places.get(group) ?? places.size;
    places.set(group, at);
    sums[at] = (sums[at] ?? 0) + (values[i] ?? 0);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return { sums, counts };
}

/** Numbers in [0, 1) from a 32-bit state (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
