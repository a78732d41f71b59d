export interface Interval {
  readonly mean: number;
  /** Bounds of the 95 % interval of the mean. */
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 2000;

/** Percentile bootstrap; the same values and seed give the same interval. NaN without values. */
export function meanWithInterval(values: ArrayLike<number>, seed = 7): Interval {
  const n = values.length;
  if (n === 0) return { mean: Number.NaN, low: Number.NaN, high: Number.NaN };
  const random = randomOf(seed);
  const means = Float64Array.from({ length: RESAMPLES }, () => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += values[Math.floor(random() * n)] ?? 0;
    return sum / n;
  }).sort();
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i] ?? 0;
  return {
    mean: sum / n,
    low: means[Math.floor(0.025 * RESAMPLES)] ?? Number.NaN,
    high: means[Math.ceil(0.975 * RESAMPLES) - 1] ?? Number.NaN,
  };
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
