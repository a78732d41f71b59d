import { MaskwrightError } from '@maskwright/errors';
import type { Domain } from '@maskwright/model';
import { tenthsOf } from './tenths.ts';

/** Mahalanobis distance of one image's pooled features. @throws MaskwrightError BUNDLE_INVALID for another length */
export function distanceTo({ dim, mean, projection }: Domain, pooled: ArrayLike<number>): number {
  if (pooled.length !== dim)
    throw new MaskwrightError(
      'BUNDLE_INVALID',
      `the model gives ${pooled.length} pooled features, its training statistics have ${dim}`,
    );
  const squares = projection.map((row) => {
    const along = row.reduce((sum, weight, i) => sum + weight * ((pooled[i] ?? 0) - (mean[i] ?? 0)), 0);
    return along * along;
  });
  return Math.sqrt(squares.reduce((sum, one) => sum + one, 0));
}

/** Half of the distances are at most so large. Undefined where there is none. */
export function medianOf(distances: readonly number[]): number | undefined {
  const sorted = distances.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  return upper === undefined || lower === undefined ? undefined : (lower + upper) / 2;
}

/**
 * Which share (0–1) of a volume's slices lies in each tenth of the percentiles. Of slices like the calibration images that is
 * a tenth in each, however alike they are; of the median of slices it is not.
 */
export function percentileShares(domain: Domain, distances: readonly number[]): number[] {
  return tenthsOf(distances.map((distance) => percentileOf(domain, distance))).map((count) => count / distances.length);
}

/** Share (0–100) of the calibration images that lie nearer, interpolated between the quantiles. */
export function percentileOf({ quantiles }: Domain, distance: number): number {
  const above = quantiles.findIndex((value) => value >= distance);
  if (above < 0) return 100;
  if (above === 0) return 0;
  const low = quantiles[above - 1] ?? 0;
  const high = quantiles[above] ?? low;
  return above - 1 + (high > low ? (distance - low) / (high - low) : 0);
}
