/** Pixel counts of two masks of the same size. */
export interface Overlap {
  readonly both: number;
  readonly truth: number;
  readonly found: number;
}

/** Any value but 0 belongs to a mask. @throws RangeError where the sizes differ */
export function overlapOf(truth: Uint8Array, found: Uint8Array): Overlap {
  if (truth.length !== found.length) throw new RangeError(`masks of ${truth.length} and ${found.length} pixels`);
  const count = { both: 0, truth: 0, found: 0 };
  for (let i = 0; i < truth.length; i++) {
    const isTrue = truth[i] !== 0;
    const isFound = found[i] !== 0;
    if (isTrue) count.truth++;
    if (isFound) count.found++;
    if (isTrue && isFound) count.both++;
  }
  return count;
}

/** 0–1; two empty masks agree fully. */
export function diceOf({ both, truth, found }: Overlap): number {
  return truth + found === 0 ? 1 : (2 * both) / (truth + found);
}

/** Intersection over union, 0–1; two empty masks agree fully. */
export function iouOf({ both, truth, found }: Overlap): number {
  return truth + found === 0 ? 1 : both / (truth + found - both);
}
