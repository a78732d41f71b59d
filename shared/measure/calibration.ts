import { type DataSet, items, number, numbers, text } from '@maskwright/dicom';
import type { Extent, SourceFrame } from '@maskwright/image';

/** Size of a pixel: between rows, between columns. */
export type Spacing = readonly [betweenRows: number, betweenColumns: number];

/** Size of a pixel in the patient at a place of the frame, in millimetres, or undefined where nobody knows it. */
export function patientSpacing(frame: SourceFrame, extent: Extent): Spacing | undefined {
  return frame.geometry?.pixelSpacing ?? calibratedSpacing(frame.instance.dataset, extent);
}

/**
 * Spacing in the patient, in mm between rows and between columns, of an image without a plane: PixelSpacing that is said to be
 * calibrated or differs from that at the detector (PS3.3 10.7.1.3), or the one scale of an ultrasound image (C.8.5.5.1).
 * @param extent only this part of the image is asked for: a scale holds in its own region
 */
export function calibratedSpacing(dataset: DataSet, extent?: Extent): Spacing | undefined {
  const spacing = pairOf(numbers(dataset, 'PixelSpacing'));
  const atDetector = numbers(dataset, 'ImagerPixelSpacing');
  const corrected = atDetector.length === 2 && atDetector.some((value, axis) => value !== spacing?.[axis]);
  if (spacing && (text(dataset, 'PixelSpacingCalibrationType') || corrected)) return spacing;
  return ultrasoundSpacing(dataset, extent);
}

const CENTIMETRES = 3;
function ultrasoundSpacing(dataset: DataSet, extent: Extent | undefined): Spacing | undefined {
  const scales = ultrasoundScales(dataset, extent);
  const [scale] = scales;
  // Regions of several scales have no common spacing.
  return scale && scales.every((one) => one.join() === scale.join()) ? pairOf(scale) : undefined;
}
function ultrasoundScales(dataset: DataSet, extent?: Extent): number[][] {
  return items(dataset, 'SequenceOfUltrasoundRegions')
    .filter((region) => isOfTissue(region) && (!extent || holds(region, extent)))
    .map((region) =>
      ['PhysicalDeltaY', 'PhysicalDeltaX'].map((keyword) => Math.abs(number(region, keyword) ?? 0) * 10),
    );
}
function isOfTissue(region: DataSet): boolean {
  return ['PhysicalUnitsXDirection', 'PhysicalUnitsYDirection'].every(
    (keyword) => number(region, keyword) === CENTIMETRES,
  );
}
function holds(region: DataSet, { top, bottom, left, right }: Extent): boolean {
  const edge = (keyword: string, open: number): number => number(region, keyword) ?? open;
  return (
    edge('RegionLocationMinX0', -Infinity) <= left &&
    edge('RegionLocationMinY0', -Infinity) <= top &&
    edge('RegionLocationMaxX1', Infinity) >= right &&
    edge('RegionLocationMaxY1', Infinity) >= bottom
  );
}

const SHAPES = ['PixelAspectRatio', 'PixelSpacing', 'ImagerPixelSpacing', 'NominalScannedPixelSpacing'];

/**
 * Whether pixels without a known size are at least square: neither aspect ratio nor an uncalibrated spacing says no, nor the
 * scale of any ultrasound region, be it another part of the image.
 */
export function isSquare(dataset: DataSet): boolean {
  return [...SHAPES.map((keyword) => numbers(dataset, keyword)), ...ultrasoundScales(dataset)].every((values) => {
    const pair = pairOf(values);
    return !pair || Math.abs(pair[0] / pair[1] - 1) < 1e-3;
  });
}

function pairOf(values: readonly number[]): Spacing | undefined {
  const [first = 0, second = 0] = values;
  return values.length === 2 && first > 0 && second > 0 ? [first, second] : undefined;
}
