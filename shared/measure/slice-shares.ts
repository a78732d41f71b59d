import type { SourceFrame, SourceImage } from '@maskwright/image';

/**
 * Millimetres along the normal that each slice stands for: half the way to each neighbour, and at the ends the same to both
 * sides. Undefined where the source is no volume of at least two slices.
 */
export function sliceShares({ volume, frames }: SourceImage): readonly number[] | undefined {
  if (!volume || frames.length < 2 || frames.some(({ geometry }) => !geometry)) return undefined;
  const places = frames.map(placeAlongNormal);
  const gaps = places.slice(1).map((place, at) => Math.abs(place - (places[at] ?? 0)));
  // Frames of one place are no volume: times of a loop, or several contrasts.
  if (gaps.some((gap) => gap < 1e-3) || !isOneWay(places)) return undefined;
  return frames.map((_, at) => ((gaps[at - 1] ?? gaps[at] ?? 0) + (gaps[at] ?? gaps[at - 1] ?? 0)) / 2);
}

function placeAlongNormal({ geometry }: SourceFrame): number {
  if (!geometry) return Number.NaN;
  const [a, b, c, d, e, f] = geometry.imageOrientationPatient;
  const [x, y, z] = geometry.imagePositionPatient;
  return x * (b * f - c * e) + y * (c * d - a * f) + z * (a * e - b * d);
}

function isOneWay(places: readonly number[]): boolean {
  const steps = places.slice(1).map((place, at) => Math.sign(place - (places[at] ?? 0)));
  return steps.every((step) => step === steps[0]);
}
