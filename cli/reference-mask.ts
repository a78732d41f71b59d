import type { Target } from '@maskwright/catalogue';
import { parsePart10 } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import type { Mask, SourceImage } from '@maskwright/image';
import { type DecodedSegment, decodeSeg } from '@maskwright/result';
import { PNG } from 'pngjs';
import { looksLikeDicom } from './dicom-files.ts';
import { maskOfNifti } from './nifti-mask.ts';
import { parseNifti } from './nifti-volume.ts';

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
  const values = Uint8Array.from({ length: width * height }, (_, i) =>
    Math.max(data[4 * i] ?? 0, data[4 * i + 1] ?? 0, data[4 * i + 2] ?? 0),
  );
  const most = values.reduce((max, value) => Math.max(max, value), 0);
  return { frames: 1, rows: height, columns: width, data: values.map((value) => Number(value > most / 2)) };
}

function readPng(bytes: Uint8Array, file: string) {
  try {
    return PNG.sync.read(Buffer.from(bytes));
  } catch (cause) {
    throw new MaskwrightError('PIXELS_CORRUPT', `${file} cannot be decoded`, { cause });
  }
}

/** Frames find their place by the image that they name; those of a picture, which has no UID, by their order. */
function maskOfSeg(bytes: Uint8Array, file: string, source: SourceImage, target: Target): Mask {
  const seg = decodeSeg(parsePart10(bytes));
  mustFit(file, seg.columns, seg.rows, source);
  const { rows, columns, frames } = source;
  const mask = { frames: frames.length, rows, columns, data: new Uint8Array(frames.length * rows * columns) };
  const places = new Map(
    frames.map(({ instance, frameNumber }, at) => [`${instance.sopInstanceUID} ${frameNumber}`, at]),
  );
  for (const [order, frame] of segmentOf(seg.segments, target, file).frames.entries()) {
    const named = places.get(`${frame.sourceSOPInstanceUID} ${frame.frameNumber}`);
    const at = named ?? (frames.length === 1 ? order : undefined);
    if (at === undefined || at >= frames.length)
      throw new MaskwrightError('GEOMETRY_INVALID', `${file} lies on ${frame.sourceSOPInstanceUID}, not on the image`);
    mask.data.set(frame.data, at * rows * columns);
  }
  return mask;
}

function segmentOf(segments: readonly DecodedSegment[], target: Target, file: string): DecodedSegment {
  const names = [target.label, target.name].map((name) => name.toLowerCase());
  const named = segments.find(({ label }) => names.includes(label.toLowerCase()));
  const [only] = segments;
  const found = named ?? (segments.length === 1 ? only : undefined);
  if (found) return found;
  const labels = segments.map(({ label }) => label).join(', ');
  throw new MaskwrightError('DICOM_MISSING', `${file} has no segment ${target.label}; it has ${labels || 'none'}`);
}

function mustFit(file: string, width: number, height: number, { columns, rows }: SourceImage): void {
  if (width !== columns || height !== rows)
    throw new MaskwrightError(
      'GEOMETRY_INVALID',
      `${file} is ${width} × ${height} pixels, the image ${columns} × ${rows}`,
    );
}
