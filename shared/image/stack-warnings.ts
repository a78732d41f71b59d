import { dot, type Plane, subtract, unit } from './plane.ts';

/** Millimetres that table and rounding may move a slice sideways. */
const SIDEWAYS = 2;
const FAR_APART = 2.5;

/** What is odd about parallel planes as one stack. @param planes in the order of their places, one a place */
export function warnAboutStack(planes: readonly Plane[], warnings: string[]): void {
  warnAboutSpacing(planes, warnings);
  warnAboutTilt(planes, warnings);
  warnAboutGaps(planes, warnings);
}

function warnAboutSpacing(planes: readonly Plane[], warnings: string[]): void {
  const places = planes.map(({ position }) => dot(position, planes[0]?.normal ?? position));
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
