import { copyElements, type DataSet, has, type KeywordValues, numbers } from '@maskwright/dicom';
import type { SourceFrame, SourceImage } from '@maskwright/image';
import { calibratedSpacing } from '@maskwright/measure';
import type { SegmentInput } from './seg-input.ts';
import { imageReference } from './sr-references.ts';
import { decimal } from './text-values.ts';

/** One frame of a segment, rows × columns: of its mask, or of other pixels of the mask's size. */
export function framePixels(
  { mask: { rows, columns, data } }: Pick<SegmentInput, 'mask'>,
  frame: number,
  pixels: Uint8Array = data,
): Uint8Array {
  return pixels.subarray(frame * rows * columns, (frame + 1) * rows * columns);
}

/** Pixels that belong to any of the masks: 0 or 1 each. @param masks at least one, all of one size */
export function unionOf(masks: readonly Uint8Array[]): Uint8Array {
  const [first = new Uint8Array(), ...others] = masks;
  const union = first.slice();
  for (const other of others) {
    for (let at = 0; at < union.length; at += 1) union[at] = (union[at] ?? 0) | (other[at] ?? 0);
  }
  return union;
}

/**
 * Size of a frame's pixels in the patient (mm, between rows and between columns), where it is known for the whole frame;
 * else how much higher than wide they are, where they are not square.
 */
export interface PixelShape {
  readonly spacing?: readonly [number, number];
  /** Whole numbers: vertical, horizontal (PS3.3 C.7.6.3.1.7). */
  readonly aspect?: readonly [number, number];
}
export function pixelShape(
  { geometry, instance: { dataset } }: SourceFrame,
  { rows, columns }: SourceImage,
): PixelShape {
  const whole = { top: 0, bottom: rows - 1, left: 0, right: columns - 1 };
  const spacing = geometry?.pixelSpacing ?? calibratedSpacing(dataset, whole);
  if (spacing) return { spacing: [spacing[0], spacing[1]] };
  const [vertical = 1, horizontal = 1] = shapeOf(dataset);
  const ratio = vertical / horizontal;
  return Math.abs(ratio - 1) < 1e-3 ? {} : { aspect: [Math.round(ratio * 1000), 1000] };
}

/** The first that states two lengths; those at the detector are no sizes, but they are a shape. */
function shapeOf(dataset: DataSet): readonly number[] {
  const stated = ['PixelSpacing', 'ImagerPixelSpacing', 'NominalScannedPixelSpacing', 'PixelAspectRatio'].map(
    (keyword) => numbers(dataset, keyword),
  );
  return stated.find((pair) => pair.length === 2 && pair.every((value) => value > 0)) ?? [];
}

/** Pixel spacing or aspect ratio of an image in the source's matrix. */
export function writtenShape({ spacing, aspect }: PixelShape, dataset: DataSet): KeywordValues {
  if (spacing) {
    const calibration = has(dataset, 'PixelSpacing')
      ? copyElements(dataset, ['PixelSpacingCalibrationType', 'PixelSpacingCalibrationDescription'])
      : {};
    return { PixelSpacing: spacing.map(decimal), ...calibration };
  }
  return aspect ? { PixelAspectRatio: aspect } : {};
}

/** Items for frames of a source: one an instance, with the numbers of the frames where it has several. */
export function imageReferences(frames: readonly SourceFrame[]): KeywordValues[] {
  const byInstance = Map.groupBy(frames, ({ instance }) => instance.sopInstanceUID);
  return [...byInstance.values()].flatMap((ofInstance) => {
    const references = ofInstance.map(imageReference);
    const [first] = references;
    if (!first) return [];
    const numbers = references.flatMap(({ frameNumber }) => frameNumber ?? []);
    return {
      ReferencedSOPClassUID: first.sopClassUID,
      ReferencedSOPInstanceUID: first.sopInstanceUID,
      ...(numbers.length > 0 ? { ReferencedFrameNumber: numbers } : {}),
    };
  });
}
