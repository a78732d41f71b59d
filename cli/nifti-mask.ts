import { MaskwrightError } from '@maskwright/errors';
import type { Mask, SourceFrame, SourceImage } from '@maskwright/image';
import { severalStructures } from './mask-labels.ts';
import type { NiftiVolume } from './nifti-volume.ts';

/**
 * A NIfTI mask in the matrix of its source: by the patient's coordinates where both state them, else axis by axis as
 * (column, row, frame), or (row, column, frame) where only that fits.
 * @throws MaskwrightError MASK_INVALID where the sizes differ, no pixel of the image lies in the volume, or the file has more
 * than one structure
 */
export function maskOfNifti(volume: NiftiVolume, source: SourceImage, file: string): Mask {
  const isOfStructure = structureIn(volume, file);
  const { rows, columns, frames } = source;
  const mask = { frames: frames.length, rows, columns, data: new Uint8Array(frames.length * rows * columns) };
  const toVoxel = volume.affine && frames[0]?.geometry ? inverseOf(volume.affine) : undefined;
  const [ni, nj, nk] = volume.size;
  const isOn = (i: number, j: number, k: number) => isOfStructure(volume.values[(k * nj + j) * ni + i] ?? 0);
  if (toVoxel) {
    let inside = 0;
    for (const [n, frame] of frames.entries()) inside += fillByPlace(mask, n, frame, toVoxel, volume.size, isOn);
    if (inside === 0) throw new MaskwrightError('MASK_INVALID', `${file} lies nowhere on the image`);
    return mask;
  }
  const straight = ni === columns && nj === rows && nk === frames.length;
  if (!straight && !(ni === rows && nj === columns && nk === frames.length))
    throw new MaskwrightError(
      'MASK_INVALID',
      `${file} has ${ni} × ${nj} × ${nk} voxels, the image ${columns} × ${rows} × ${frames.length}`,
    );
  let at = 0;
  for (let frame = 0; frame < frames.length; frame++)
    for (let y = 0; y < rows; y++)
      for (let x = 0; x < columns; x++) mask.data[at++] = Number(straight ? isOn(x, y, frame) : isOn(y, x, frame));
  return mask;
}

/** Above 1, because a stored slope has 24 bits only. */
const LARGEST_SHARE = 1 + 1e-5;
/** More labels than a message names. */
const COUNTED = 9;

/**
 * Whether a value is of the structure. Where one value stands beside 0, that is the mask, whatever it is; several from 0 to 1
 * are how sure somebody was, and those above the half count.
 * @throws MaskwrightError MASK_INVALID for labels of several structures
 */
function structureIn({ values }: NiftiVolume, file: string): (value: number) => boolean {
  const others = new Set<number>();
  let shares = true;
  for (const value of values) {
    if (value === 0 || Number.isNaN(value)) continue;
    if (others.size < COUNTED) others.add(value);
    if (value < 0 || value > LARGEST_SHARE) shares = false;
  }
  if (others.size < 2) return (value) => others.has(value);
  if (shares) return (value) => value > 0.5;
  throw severalStructures(file, others);
}

type Vector = readonly [number, number, number];
type ToVoxel = (ras: Vector, w: 0 | 1) => Vector;

/**
 * Voxel places are linear in column and row, so each frame needs three of them only.
 * @returns pixels that lie in the volume
 */
function fillByPlace(
  mask: Mask,
  n: number,
  { geometry }: SourceFrame,
  toVoxel: ToVoxel,
  size: readonly number[],
  isOn: (i: number, j: number, k: number) => boolean,
): number {
  if (!geometry) return 0;
  const [a, b, c, d, e, f] = geometry.imageOrientationPatient;
  const [betweenRows, betweenColumns] = geometry.pixelSpacing;
  const origin = toVoxel(ras(geometry.imagePositionPatient), 1);
  const alongRow = toVoxel(ras([a * betweenColumns, b * betweenColumns, c * betweenColumns]), 0);
  const alongColumn = toVoxel(ras([d * betweenRows, e * betweenRows, f * betweenRows]), 0);
  const place = (axis: 0 | 1 | 2, x: number, y: number) =>
    Math.round(origin[axis] + x * alongRow[axis] + y * alongColumn[axis]);
  let at = n * mask.rows * mask.columns;
  let within = 0;
  for (let y = 0; y < mask.rows; y++) {
    for (let x = 0; x < mask.columns; x++, at++) {
      const [i, j, k] = [place(0, x, y), place(1, x, y), place(2, x, y)];
      const inside = i >= 0 && j >= 0 && k >= 0 && i < (size[0] ?? 0) && j < (size[1] ?? 0) && k < (size[2] ?? 0);
      if (inside) within++;
      if (inside && isOn(i, j, k)) mask.data[at] = 1;
    }
  }
  return within;
}

/** DICOM's left and posterior are NIfTI's minus right and minus anterior. */
function ras([x, y, z]: Vector): Vector {
  return [-x, -y, z];
}

/** Undefined where the affine is flat. */
function inverseOf(affine: NonNullable<NiftiVolume['affine']>): ToVoxel | undefined {
  const [[a, b, c, x], [d, e, f, y], [g, h, i, z]] = [affine[0] ?? FLAT, affine[1] ?? FLAT, affine[2] ?? FLAT];
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  if (Math.abs(determinant) < 1e-12) return undefined;
  return ([r, s, t], w) => {
    const [u, v, q] = [r - w * x, s - w * y, t - w * z];
    return [
      ((e * i - f * h) * u + (c * h - b * i) * v + (b * f - c * e) * q) / determinant,
      ((f * g - d * i) * u + (a * i - c * g) * v + (c * d - a * f) * q) / determinant,
      ((d * h - e * g) * u + (b * g - a * h) * v + (a * e - b * d) * q) / determinant,
    ];
  };
}
const FLAT = [0, 0, 0, 0] as const;
