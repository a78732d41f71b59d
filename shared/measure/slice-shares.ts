import { placesAlongNormal, type SourceImage } from '@maskwright/image';

/**
 * Millimetres along the normal that each slice stands for: half the way to each neighbour, and at the ends the same to both
 * sides. Neighbours are those in space, in whatever order the frames are stored. Undefined where the source is no volume of
 * at least two slices.
 */
export function sliceShares({ volume, frames }: SourceImage): readonly number[] | undefined {
  const planes = frames.flatMap(({ geometry }) => geometry ?? []);
  if (!volume || planes.length < 2 || planes.length < frames.length) return undefined;
  const places = placesAlongNormal(planes);
  const sorted = [...places].sort((a, b) => a - b);
  const gaps = sorted.slice(1).map((place, at) => place - (sorted[at] ?? 0));
  // Frames of one place are no volume: times of a loop, or several contrasts.
  if (gaps.some((gap) => gap < 1e-3)) return undefined;
  const shares = new Map(
    sorted.map((place, at) => [place, ((gaps[at - 1] ?? gaps[at] ?? 0) + (gaps[at] ?? gaps[at - 1] ?? 0)) / 2]),
  );
  return places.map((place) => shares.get(place) ?? 0);
}
