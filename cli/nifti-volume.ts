import { gunzipSync } from 'node:zlib';
import { MaskwrightError } from '@maskwright/errors';

/** Voxels of a NIfTI-1 file (https://nifti.nimh.nih.gov/nifti-1). */
export interface NiftiVolume {
  /** Along i, j, k; i runs fastest. */
  readonly size: readonly [number, number, number];
  readonly values: Float64Array;
  /** Three rows from (i, j, k, 1) to RAS millimetres; undefined where the file states none. */
  readonly affine: readonly (readonly [number, number, number, number])[] | undefined;
}

type Read = (view: DataView, at: number, little: boolean) => number;
const TYPES: Readonly<Record<number, readonly [bytes: number, read: Read]>> = {
  2: [1, (view, at) => view.getUint8(at)],
  4: [2, (view, at, little) => view.getInt16(at, little)],
  8: [4, (view, at, little) => view.getInt32(at, little)],
  16: [4, (view, at, little) => view.getFloat32(at, little)],
  64: [8, (view, at, little) => view.getFloat64(at, little)],
  256: [1, (view, at) => view.getInt8(at)],
  512: [2, (view, at, little) => view.getUint16(at, little)],
  768: [4, (view, at, little) => view.getUint32(at, little)],
  1024: [8, (view, at, little) => Number(view.getBigInt64(at, little))],
  1280: [8, (view, at, little) => Number(view.getBigUint64(at, little))],
};
/** Voxels of the largest mask that is read: more is no reference but a mistake. */
const MOST_VOXELS = 512 * 1024 * 1024;

/** @throws MaskwrightError MASK_INVALID naming the file */
export function parseNifti(bytes: Uint8Array, file: string): NiftiVolume {
  const raw = bytes[0] === 0x1f && bytes[1] === 0x8b ? unzipped(bytes, file) : bytes;
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  if (raw.length < 352) throw new MaskwrightError('MASK_INVALID', `${file} is no NIfTI-1 file`);
  const little = view.getInt32(0, true) === 348;
  if (!little && view.getInt32(0, false) !== 348)
    throw new MaskwrightError('MASK_INVALID', `${file} is no NIfTI-1 file`);
  const axes = view.getInt16(40, little);
  const along = (axis: number) => (axis <= axes ? Math.max(1, view.getInt16(40 + 2 * axis, little)) : 1);
  const size = [along(1), along(2), along(3)] as const;
  const count = size[0] * size[1] * size[2];
  const type = view.getInt16(70, little);
  const [width, read] = TYPES[type] ?? [];
  if (!width || !read || [4, 5, 6, 7].some((axis) => along(axis) > 1) || count > MOST_VOXELS)
    throw new MaskwrightError('MASK_INVALID', `${file}: a NIfTI of type ${type} and ${axes} axes is no mask`);
  const stated = view.getFloat32(108, little);
  if (!Number.isInteger(stated) || stated < 0)
    throw new MaskwrightError('MASK_INVALID', `${file}: its voxels cannot begin at byte ${stated} (vox_offset)`);
  const start = Math.max(352, stated);
  if (start + count * width > raw.length)
    throw new MaskwrightError('MASK_INVALID', `${file} is shorter than its header says`);
  const scale = view.getFloat32(112, little) || 1;
  const offset = view.getFloat32(112, little) ? view.getFloat32(116, little) : 0;
  const values = Float64Array.from({ length: count }, (_, i) => scale * read(view, start + i * width, little) + offset);
  return { size, values, affine: affineOf(view, little) };
}

function unzipped(bytes: Uint8Array, file: string): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: 8 * MOST_VOXELS - 1 });
  } catch (cause) {
    throw new MaskwrightError('MASK_INVALID', `${file} cannot be unzipped`, { cause });
  }
}

function affineOf(view: DataView, little: boolean): NiftiVolume['affine'] {
  const float = (at: number) => view.getFloat32(at, little);
  if (view.getInt16(254, little) > 0)
    return [280, 296, 312].map((at) => [float(at), float(at + 4), float(at + 8), float(at + 12)]);
  if (view.getInt16(252, little) <= 0) return undefined;
  const [b, c, d] = [float(256), float(260), float(264)];
  const a = Math.sqrt(Math.max(0, 1 - b * b - c * c - d * d));
  const [dx, dy, dz] = [float(80), float(84), float(88) * (float(76) < 0 ? -1 : 1)];
  return [
    [(a * a + b * b - c * c - d * d) * dx, 2 * (b * c - a * d) * dy, 2 * (b * d + a * c) * dz, float(268)],
    [2 * (b * c + a * d) * dx, (a * a + c * c - b * b - d * d) * dy, 2 * (c * d - a * b) * dz, float(272)],
    [2 * (b * d - a * c) * dx, 2 * (c * d + a * b) * dy, (a * a + d * d - b * b - c * c) * dz, float(276)],
  ];
}
