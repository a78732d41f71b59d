import { type DataSet, has, type KeywordValues, numbers, text } from '@maskwright/dicom';
import type { SourceFrame, SourceImage } from '@maskwright/image';
import { calibratedSpacing } from '@maskwright/measure';
import { decimal, fit } from './text-values.ts';

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
    return { PixelSpacing: spacing.map(decimal), ...(has(dataset, 'PixelSpacing') ? calibration(dataset) : {}) };
  }
  return aspect ? { PixelAspectRatio: aspect } : {};
}
/** PS3.3 10.7.1.3: whoever says how pixels were calibrated describes it. */
function calibration(dataset: DataSet): KeywordValues {
  const type = text(dataset, 'PixelSpacingCalibrationType');
  if (type === undefined) return {};
  const description = text(dataset, 'PixelSpacingCalibrationDescription') ?? 'As the source image, which says no more';
  return { PixelSpacingCalibrationType: type, PixelSpacingCalibrationDescription: fit(description, 'LO') };
}
