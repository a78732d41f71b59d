import { number } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import type { PlacedFrame } from './assemble.ts';
import { dot, type Plane, type Vector } from './plane.ts';
import { warnAboutStack } from './stack-warnings.ts';

/** Cosine from which two directions count as the same: about two and a half degrees. */
export const PARALLEL = 0.999;
/** Millimetres within which two slices are at one place. */
const SAME_PLACE = 0.01;

type Placed = PlacedFrame & { readonly plane: Plane };

/**
 * Slices in the order of their projection onto the normal (PS3.3 C.7.6.2.1.1), one a position: where several are at one
 * place the one with the lowest InstanceNumber stays.
 */
export function stack(slices: readonly Placed[], warnings: string[]): readonly Placed[] {
  const [first] = slices;
  if (!first || slices.length === 1) return slices;
  const { normal, orientation } = first.plane;
  const turned = slices.filter(
    ({ plane }) => dot(plane.normal, normal) < PARALLEL || similarity(plane.orientation, orientation) < PARALLEL,
  );
  if (turned.length > 0) {
    throw new MaskwrightError(
      'GEOMETRY_INVALID',
      `orientations differ: ${turned.length} of ${slices.length} slices are turned against the first`,
    );
  }
  checkSpacing(slices);
  const kept = onePerPlace(slices, normal);
  if (kept.length === 1) {
    throw new MaskwrightError('GEOMETRY_INVALID', `all ${slices.length} slices at the same position`);
  }
  if (kept.length < slices.length)
    warnings.push(`${slices.length - kept.length} slices at a position that is already taken were left out`);
  warnAboutStack(
    kept.map(({ plane }) => plane),
    warnings,
  );
  warnAboutOrder(kept, warnings);
  return kept;
}

/** Sorted along the normal; of frames at one place the first stays. */
export function onePerPlace<T extends { readonly plane: Plane }>(frames: readonly T[], normal: Vector): readonly T[] {
  const sorted = frames
    .map((frame) => ({ frame, place: dot(frame.plane.position, normal) }))
    .sort((a, b) => a.place - b.place);
  return sorted
    .filter(({ place }, at) => at === 0 || place - (sorted[at - 1]?.place ?? 0) > SAME_PLACE)
    .map(({ frame }) => frame);
}

function similarity(a: Plane['orientation'], b: Plane['orientation']): number {
  return a.reduce((sum, value, axis) => sum + value * (b[axis] ?? 0), 0) / 2;
}

/** One stack has one size of pixels; a hundredth is more than rounding makes. */
function checkSpacing(slices: readonly Placed[]): void {
  const spacings = slices.flatMap(({ plane }) => (plane.spacing ? [plane.spacing] : []));
  const [first] = spacings;
  if (!first) return;
  const other = spacings.filter((spacing) =>
    spacing.some((value, axis) => Math.abs(value / (first[axis] ?? 1) - 1) > 0.01),
  );
  if (other.length > 0) {
    throw new MaskwrightError(
      'GEOMETRY_INVALID',
      `slices do not belong together: PixelSpacing of ${other.length} of ${slices.length} slices differs`,
    );
  }
}

/** InstanceNumber may run along or against the normal, but not to and fro. */
function warnAboutOrder(slices: readonly Placed[], warnings: string[]): void {
  const places = slices.flatMap(({ instance }) => number(instance.dataset, 'InstanceNumber') ?? []);
  const steps = places.slice(1).map((place, at) => Math.sign(place - (places[at] ?? 0)));
  const back = steps.filter((step) => step !== steps[0]).length;
  if (places.length === slices.length && back > 0)
    warnings.push('InstanceNumber does not follow the positions; slices are in the order of their positions');
}
