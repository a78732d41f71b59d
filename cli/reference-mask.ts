import type { Target } from '@maskwright/catalogue';
import { MaskwrightError } from '@maskwright/errors';
import type { Mask, SourceImage } from '@maskwright/image';
import { looksLikeDicom } from './dicom-files.ts';
import { mustFit } from './must-fit.ts';
import { maskOfNifti } from './nifti-mask.ts';
import { parseNifti } from './nifti-volume.ts';
import { isPng } from './picture-kind.ts';
import { maskOfPng } from './png-mask.ts';
import { maskOfSeg } from './reference-seg.ts';

/**
 * A true mask from PNG, DICOM SEG or NIfTI, in the matrix of its source.
 * @throws MaskwrightError MASK_INVALID naming the file; of a SEG also DICOM_*, PIXELS_UNSUPPORTED
 */
export function referenceMask(bytes: Uint8Array, file: string, source: SourceImage, target: Target): Mask {
  if (isPng(bytes)) return planeOf(bytes, file, source);
  if (looksLikeDicom(bytes)) return maskOfSeg(bytes, file, source, target);
  if (/\.nii(\.gz)?$/i.test(file)) return maskOfNifti(parseNifti(bytes, file), source, file);
  throw new MaskwrightError('MASK_INVALID', `${file} is no PNG, DICOM SEG or NIfTI`);
}

function planeOf(bytes: Uint8Array, file: string, source: SourceImage): Mask {
  const mask = maskOfPng(bytes, file);
  mustFit(file, mask.columns, mask.rows, source);
  if (source.frames.length !== 1)
    throw new MaskwrightError('MASK_INVALID', `${file} is one plane, the image has ${source.frames.length} frames`);
  return mask;
}
