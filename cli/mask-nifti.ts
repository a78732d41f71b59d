import { gzipSync } from 'node:zlib';
import { MaskwrightError } from '@maskwright/errors';
import { framesOfReference, type Mask, normalOf, type PlaneGeometry, type SourceImage } from '@maskwright/image';

const HEADER_BYTES = 352;

/**
 * A mask as NIfTI-1 (https://nifti.nimh.nih.gov/nifti-1): unsigned 8-bit, axes (column, row, frame), affine in RAS millimetres.
 * A source of which any frame has no geometry gets unit spacing.
 * @throws MaskwrightError GEOMETRY_INVALID where the frames lie on no grid of even steps
 */
export function maskNifti(mask: Mask, source: SourceImage): Uint8Array {
  const header = Buffer.alloc(HEADER_BYTES);
  const affine = affineOf(source);
  header.writeInt32LE(348, 0);
  [3, mask.columns, mask.rows, mask.frames, 1, 1, 1, 1].forEach((size, i) => {
    header.writeInt16LE(size, 40 + 2 * i);
  });
  header.writeInt16LE(2, 70);
  header.writeInt16LE(8, 72);
  const spacing = [0, 1, 2].map((axis) => Math.hypot(...affine.map((row) => row[axis] ?? 0)));
  [1, ...spacing].forEach((size, i) => {
    header.writeFloatLE(size, 76 + 4 * i);
  });
  header.writeFloatLE(HEADER_BYTES, 108);
  header.writeFloatLE(1, 112);
  header.writeUInt8(2, 123);
  header.writeInt16LE(1, 254);
  affine.flat().forEach((value, i) => {
    header.writeFloatLE(value, 280 + 4 * i);
  });
  header.write('n+1\0', 344, 'latin1');
  return gzipSync(Buffer.concat([header, mask.data]));
}

type Row = readonly [number, number, number, number];

/** Rows of the affine from (column, row, frame) to RAS; DICOM's LPS has the first two axes reversed. */
function affineOf(source: SourceImage): readonly [Row, Row, Row] {
  const planes = source.frames.flatMap(({ geometry }) => geometry ?? []);
  const [first] = planes;
  if (!first || planes.length < source.frames.length) return UNIT;
  const step = stepOf(planes, first);
  mustBeGrid(source, planes, first, step);
  const row = (axis: 0 | 1 | 2): Row => {
    const sign = axis < 2 ? -1 : 1;
    return [
      sign * first.imageOrientationPatient[axis] * first.pixelSpacing[1],
      sign * (first.imageOrientationPatient[axis + 3] ?? 0) * first.pixelSpacing[0],
      sign * step[axis],
      sign * first.imagePositionPatient[axis],
    ];
  };
  return [row(0), row(1), row(2)];
}
const UNIT: readonly [Row, Row, Row] = [
  [1, 0, 0, 0],
  [0, 1, 0, 0],
  [0, 0, 1, 0],
];

type Vector = readonly [number, number, number];

/** From one frame to the next, in LPS millimetres. */
function stepOf(planes: readonly PlaneGeometry[], first: PlaneGeometry): Vector {
  const last = planes.at(-1) ?? first;
  const [x, y, z] = first.imagePositionPatient;
  const steps = planes.length - 1;
  if (steps > 0) {
    const [u, v, w] = last.imagePositionPatient;
    return [(u - x) / steps, (v - y) / steps, (w - z) / steps];
  }
  const [a, b, c] = normalOf(first);
  const thickness = first.sliceThickness ?? 1;
  return [a * thickness, b * thickness, c * thickness];
}

/** Millimetres that a pixel may lie beside its place on the grid: table and rounding move slices so far. */
const TOLERANCE = 0.1;

/** @throws MaskwrightError GEOMETRY_INVALID where the frames lie on no grid of even steps */
function mustBeGrid(
  { frames, rows, columns }: SourceImage,
  planes: readonly PlaneGeometry[],
  first: PlaneGeometry,
  step: Vector,
): void {
  if (framesOfReference(frames).size > 1) throw noGrid('images in several frames of reference');
  const corners = [0, columns - 1].flatMap((column) => [0, rows - 1].map((row) => [column, row] as const));
  const beside = planes.flatMap((plane, frame) =>
    corners.map(([column, row]) => {
      const [onGrid, own] = [placeOf(first, column, row), placeOf(plane, column, row)];
      return Math.hypot(...own.map((value, axis) => value - (onGrid[axis] ?? 0) - frame * (step[axis] ?? 0)));
    }),
  );
  const most = beside.reduce((least, distance) => Math.max(least, distance), 0);
  if (most > TOLERANCE) throw noGrid(`frames that lie up to ${most.toFixed(1)} mm beside an even grid`);
  if (step.every((value) => value === 0)) throw noGrid('frames of one place');
}
function placeOf(
  { imageOrientationPatient, imagePositionPatient, pixelSpacing }: PlaneGeometry,
  column: number,
  row: number,
): number[] {
  return imagePositionPatient.map(
    (value, axis) =>
      value +
      (imageOrientationPatient[axis] ?? 0) * pixelSpacing[1] * column +
      (imageOrientationPatient[axis + 3] ?? 0) * pixelSpacing[0] * row,
  );
}
function noGrid(what: string): MaskwrightError {
  return new MaskwrightError('GEOMETRY_INVALID', `NIfTI cannot hold ${what}; use --format seg`);
}
