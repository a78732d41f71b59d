import { number } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import type { PlacedFrame } from './assemble.ts';
import { dot, type Plane, subtract, unit } from './plane.ts';

/** Cosine from which two directions count as the same: about two and a half degrees. */
export const PARALLEL = 0.999;
/** Millimetres within which two slices are at one place. */
const SAME_PLACE = 0.01;
/** Millimetres that table and rounding may move a slice sideways. */
const SIDEWAYS = 2;
const FAR_APART = 2.5;

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
  const sorted = slices
    .map((slice) => ({ slice, place: dot(slice.plane.position, normal) }))
    .sort((a, b) => a.place - b.place);
  checkSpacing(slices);
  const kept = sorted.filter(({ place }, at) => at === 0 || place - (sorted[at - 1]?.place ?? 0) > SAME_PLACE);
  if (kept.length === 1) {
    throw new MaskwrightError('GEOMETRY_INVALID', `all ${slices.length} slices at the same position`);
  }
  if (kept.length < sorted.length)
    warnings.push(`${sorted.length - kept.length} slices at a position that is already taken were left out`);
  warnAboutSpacing(
    kept.map(({ place }) => place),
    warnings,
  );
  warnAboutTilt(
    kept.map(({ slice }) => slice.plane),
    warnings,
  );
  warnAboutGaps(
    kept.map(({ slice }) => slice.plane),
    warnings,
  );
  warnAboutOrder(
    kept.map(({ slice }) => slice),
    warnings,
  );
  return kept.map(({ slice }) => slice);
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

function warnAboutSpacing(places: readonly number[], warnings: string[]): void {
  const gaps = places.slice(1).map((place, at) => place - (places[at] ?? 0));
  const median = [...gaps].sort((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 0;
  const odd = gaps.filter((gap) => Math.abs(gap - median) > 0.1 * median).length;
  if (odd > 0)
    warnings.push(
      `slice spacing uneven (${odd} of ${gaps.length} steps differ from ${median.toFixed(2)} mm), slices missing`,
    );
}

/** How the slices lie on the line from the first to the last: straight, or along a tilted one, or beside it. */
function warnAboutTilt(planes: readonly Plane[], warnings: string[]): void {
  const [first, last] = [planes[0], planes.at(-1)];
  const direction = first && last && unit(subtract(last.position, first.position));
  if (!first || !direction) return;
  const beside = planes.map(({ position }) => {
    const way = subtract(position, first.position);
    const along = dot(way, direction);
    return Math.sqrt(Math.max(0, dot(way, way) - along * along));
  });
  const most = Math.max(...beside);
  if (most > SIDEWAYS) {
    warnings.push(`slices are shifted sideways against each other by up to ${most.toFixed(1)} mm`);
    return;
  }
  const degrees = (Math.acos(Math.min(1, Math.abs(dot(direction, first.normal)))) * 180) / Math.PI;
  if (degrees > 1) warnings.push(`the stack is tilted by ${degrees.toFixed(1)} degrees (gantry tilt)`);
}

/** Slices of a multiple of their thickness apart: some between them may be missing. */
function warnAboutGaps(planes: readonly Plane[], warnings: string[]): void {
  const [first, second] = planes;
  if (!first || !second || first.thickness === undefined) return;
  const step = Math.abs(dot(subtract(second.position, first.position), first.normal));
  if (step > FAR_APART * first.thickness)
    warnings.push(
      `slices of ${first.thickness} mm are ${step.toFixed(2)} mm apart; what lies between them is not there`,
    );
}
