import type { Target } from '@maskwright/catalogue';
import { MaskwrightError } from '@maskwright/errors';
import type { Mask, SourceImage } from '@maskwright/image';
import { PNG } from 'pngjs';
import { looksLikeDicom } from './dicom-files.ts';
import { mustFit } from './must-fit.ts';
import { maskOfNifti } from './nifti-mask.ts';
import { parseNifti } from './nifti-volume.ts';
import { mustBeSmall } from './picture-size.ts';
import { maskOfSeg } from './reference-seg.ts';

/**
 * A true mask from PNG, DICOM SEG or NIfTI, in the matrix of its source.
 * @throws MaskwrightError PIXELS_CORRUPT, PIXELS_UNSUPPORTED, GEOMETRY_INVALID, DICOM_* naming the file
 */
export function referenceMask(bytes: Uint8Array, file: string, source: SourceImage, target: Target): Mask {
  if (bytes[0] === 0x89 && bytes[1] === 0x50) return maskOfPng(bytes, file, source);
  if (looksLikeDicom(bytes)) return maskOfSeg(bytes, file, source, target);
  if (/\.nii(\.gz)?$/i.test(file)) return maskOfNifti(parseNifti(bytes, file), source, file);
  throw new MaskwrightError('PIXELS_UNSUPPORTED', `${file} is no PNG, DICOM SEG or NIfTI`);
}

/** Above the half of the largest value, so that masks of 0 and 1 are read as well as those of 0 and 255. */
function maskOfPng(bytes: Uint8Array, file: string, source: SourceImage): Mask {
  const { width, height, data } = readPng(bytes, file);
  mustFit(file, width, height, source);
  if (source.frames.length !== 1)
    throw new MaskwrightError('GEOMETRY_INVALID', `${file} is one plane, the image has ${source.frames.length} frames`);
  const values = Uint16Array.from({ length: width * height }, (_, i) =>
    Math.max(data[4 * i] ?? 0, data[4 * i + 1] ?? 0, data[4 * i + 2] ?? 0),
  );
  const most = values.reduce((max, value) => Math.max(max, value), 0);
  return {
    frames: 1,
    rows: height,
    columns: width,
    data: Uint8Array.from(values, (value) => Number(value > most / 2)),
  };
}

/** Values as they are stored: scaled to 8 bits, a 16-bit mask of 0 and 1 would be all 0. */
function readPng(bytes: Uint8Array, file: string) {
  mustBeSmall(bytes, file);
  try {
    return PNG.sync.read(Buffer.from(bytes), { skipRescale: true });
  } catch (cause) {
    throw new MaskwrightError('PIXELS_CORRUPT', `${file} cannot be decoded`, { cause });
  }
}
