import { type DataSet, has, number, numbers, text } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import type { PlaneGeometry } from './source.ts';

export type Vector = readonly [number, number, number];
/** Where a frame lies and how it is turned; spacing only where it is usable. */
export interface Plane {
  readonly orientation: PlaneGeometry['imageOrientationPatient'];
  readonly position: Vector;
  readonly normal: Vector;
  readonly spacing?: readonly [number, number];
  readonly thickness?: number;
}

/**
 * Plane of a frame from the places where its attributes may be: the data set itself, or items of functional groups.
 * Undefined where position or orientation are absent.
 * @throws MaskwrightError GEOMETRY_INVALID naming the attribute whose value is no geometry
 */
export function planeOf(places: readonly DataSet[]): Plane | undefined {
  const orientation = vectorOf(places, 'ImageOrientationPatient', 6);
  const position = vectorOf(places, 'ImagePositionPatient', 3);
  if (!orientation || !position) return undefined;
  const along = unit(orientation.slice(0, 3));
  const down = unit(orientation.slice(3, 6));
  const normal = along && down && unit(cross(along, down));
  // Row and column must be at right angles; five degrees are more than rounding ever makes.
  if (!along || !down || !normal || Math.abs(dot(along, down)) > 0.087) {
    throw new MaskwrightError('GEOMETRY_INVALID', 'ImageOrientationPatient is not a pair of perpendicular directions');
  }
  // Ten metres are more than any table moves.
  if (position.some((value) => Math.abs(value) > 10_000)) {
    throw new MaskwrightError('GEOMETRY_INVALID', 'ImagePositionPatient is no place in a patient');
  }
  const spacing = spacingOf(places);
  const thickness = places
    .map((place) => number(place, 'SliceThickness'))
    .find((value) => value !== undefined && isSpacing(value));
  const [x = 0, y = 0, z = 0] = position;
  return {
    orientation: [...along, ...down],
    position: [x, y, z],
    normal,
    ...(spacing ? { spacing } : {}),
    ...(thickness === undefined ? {} : { thickness }),
  };
}

export function geometryOf(plane: Plane): PlaneGeometry | undefined {
  if (!plane.spacing) return undefined;
  return {
    imageOrientationPatient: plane.orientation,
    imagePositionPatient: plane.position,
    pixelSpacing: plane.spacing,
    ...(plane.thickness === undefined ? {} : { sliceThickness: plane.thickness }),
  };
}

/** Millimetres along the normal of the first plane at which each lies. */
export function placesAlongNormal(planes: readonly PlaneGeometry[]): number[] {
  const [first] = planes;
  if (!first) return [];
  const normal = normalOf(first);
  return planes.map(({ imagePositionPatient }) => dot(imagePositionPatient, normal));
}
export function normalOf({ imageOrientationPatient: [a, b, c, d, e, f] }: PlaneGeometry): Vector {
  return cross([a, b, c], [d, e, f]);
}

function vectorOf(places: readonly DataSet[], keyword: string, length: number): readonly number[] | undefined {
  const place = places.find((one) => has(one, keyword));
  if (!place) return undefined;
  const values = numbers(place, keyword);
  if (values.length === length) return values;
  // Empty is absent; anything else that is not so many numbers is a fault.
  if (text(place, keyword) === undefined) return undefined;
  throw new MaskwrightError('GEOMETRY_INVALID', `${keyword} is not ${length} numbers`);
}

function spacingOf(places: readonly DataSet[]): readonly [number, number] | undefined {
  for (const place of places) {
    const [betweenRows, betweenColumns] = numbers(place, 'PixelSpacing');
    if (
      betweenRows !== undefined &&
      betweenColumns !== undefined &&
      isSpacing(betweenRows) &&
      isSpacing(betweenColumns)
    ) {
      return [betweenRows, betweenColumns];
    }
  }
  return undefined;
}

/** From a nanometre to a metre: what lies outside is no distance of pixels. */
export function isSpacing(millimetres: number): boolean {
  return millimetres >= 1e-6 && millimetres <= 1000;
}

export function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
export function subtract(a: Vector, b: Vector): Vector {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}
export function unit(values: readonly number[]): Vector | undefined {
  const length = Math.hypot(...values);
  const [x = 0, y = 0, z = 0] = values;
  return length > 1e-6 ? [x / length, y / length, z / length] : undefined;
}
function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}
