import { squaredDistances } from './distance-transform.ts';

export interface SurfaceScore {
  /** The larger of both directions' 95th percentiles of the distance from border to border, in pixels. */
  readonly hd95: number;
  /** Share (0–1) of both borders that lies within the tolerance of the other. */
  readonly nsd: number;
}

/**
 * Distances between the borders of two masks, in pixels of the image. Conventions where a border is missing: two empty
 * masks have distance 0 and agreement 1; where only one is empty, the distance is the image's diagonal and the agreement 0.
 * @param truth rows × columns
 * @param tolerance pixels
 */
export function surfaceScore(
  truth: Uint8Array,
  found: Uint8Array,
  rows: number,
  columns: number,
  tolerance: number,
): SurfaceScore {
  const borders = { truth: borderOf(truth, rows, columns), found: borderOf(found, rows, columns) };
  const toFound = distancesFrom(borders.truth, squaredDistances(borders.found, rows, columns));
  const toTruth = distancesFrom(borders.found, squaredDistances(borders.truth, rows, columns));
  if (toFound.length === 0 && toTruth.length === 0) return { hd95: 0, nsd: 1 };
  if (toFound.length === 0 || toTruth.length === 0) return { hd95: Math.hypot(rows, columns), nsd: 0 };
  const near = within(toFound, tolerance) + within(toTruth, tolerance);
  return {
    hd95: Math.max(percentile(toFound, 95), percentile(toTruth, 95)),
    nsd: near / (toFound.length + toTruth.length),
  };
}

/** Pixels of a mask that have a neighbour (above, below, left, right) outside it; the image's edge is outside. */
export function borderOf(mask: Uint8Array, rows: number, columns: number): Uint8Array {
  const border = new Uint8Array(rows * columns);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const i = y * columns + x;
      if (!mask[i]) continue;
      const inside =
        y > 0 &&
        y < rows - 1 &&
        x > 0 &&
        x < columns - 1 &&
        mask[i - columns] &&
        mask[i + columns] &&
        mask[i - 1] &&
        mask[i + 1];
      if (!inside) border[i] = 1;
    }
  }
  return border;
}

/** Ascending. */
function distancesFrom(border: Uint8Array, squares: Float64Array): Float64Array {
  const distances: number[] = [];
  for (let i = 0; i < border.length; i++) if (border[i]) distances.push(Math.sqrt(squares[i] ?? 0));
  return Float64Array.from(distances).sort();
}

function within(ascending: Float64Array, tolerance: number): number {
  const beyond = ascending.findIndex((distance) => distance > tolerance);
  return beyond < 0 ? ascending.length : beyond;
}

/** Linear between the ranks, as NumPy's default. */
function percentile(ascending: Float64Array, percent: number): number {
  const rank = ((ascending.length - 1) * percent) / 100;
  const low = ascending[Math.floor(rank)] ?? 0;
  const high = ascending[Math.ceil(rank)] ?? low;
  return low + (high - low) * (rank - Math.floor(rank));
}
