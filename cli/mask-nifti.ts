import { gzipSync } from 'node:zlib';
import type { Mask, PlaneGeometry, SourceImage } from '@maskwright/image';

const HEADER_BYTES = 352;

/**
 * A mask as NIfTI-1 (https://nifti.nimh.nih.gov/nifti-1): unsigned 8-bit, axes (column, row, frame), affine in RAS millimetres.
 * A source without geometry gets unit spacing.
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
  const first = source.frames[0]?.geometry;
  const last = source.frames.at(-1)?.geometry;
  const rows = [0, 1, 2].map((axis): Row => {
    const sign = axis < 2 ? -1 : 1;
    if (!first || !last) return [axis === 0 ? 1 : 0, axis === 1 ? 1 : 0, axis === 2 ? 1 : 0, 0];
    return [
      sign * (first.imageOrientationPatient[axis] ?? 0) * first.pixelSpacing[1],
      sign * (first.imageOrientationPatient[axis + 3] ?? 0) * first.pixelSpacing[0],
      sign * stepOf(first, last, source.frames.length, axis),
      sign * (first.imagePositionPatient[axis] ?? 0),
    ];
  });
  const [x = UNIT, y = UNIT, z = UNIT] = rows;
  return [x, y, z];
}
const UNIT: Row = [0, 0, 0, 0];

function stepOf(first: PlaneGeometry, last: PlaneGeometry, frames: number, axis: number): number {
  if (frames > 1)
    return ((last.imagePositionPatient[axis] ?? 0) - (first.imagePositionPatient[axis] ?? 0)) / (frames - 1);
  const [a, b, c, d, e, f] = first.imageOrientationPatient;
  const normal = [b * f - c * e, c * d - a * f, a * e - b * d];
  return (normal[axis] ?? 0) * (first.sliceThickness ?? 1);
}
