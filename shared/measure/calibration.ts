import { type DataSet, items, number, numbers, text } from '@maskwright/dicom';
import type { SourceFrame } from '@maskwright/image';

/** Size of a pixel: between rows, between columns. */
export type Spacing = readonly [betweenRows: number, betweenColumns: number];

/** Size of a pixel in the patient, in millimetres, or undefined where nobody knows it. */
export function patientSpacing(frame: SourceFrame): Spacing | undefined {
  return frame.geometry?.pixelSpacing ?? calibratedSpacing(frame.instance.dataset);
}

/**
 * Spacing in the patient, in mm between rows and between columns, of an image without a plane: PixelSpacing that is said to be
 * calibrated or differs from that at the detector (PS3.3 10.7.1.3), or the one scale of an ultrasound image (C.8.5.5.1).
 */
export function calibratedSpacing(dataset: DataSet): Spacing | undefined {
  const spacing = pairOf(numbers(dataset, 'PixelSpacing'));
  const atDetector = numbers(dataset, 'ImagerPixelSpacing');
  const corrected = atDetector.length === 2 && atDetector.some((value, axis) => value !== spacing?.[axis]);
  if (spacing && (text(dataset, 'PixelSpacingCalibrationType') || corrected)) return spacing;
  return ultrasoundSpacing(dataset);
}

const CENTIMETRES = 3;
function ultrasoundSpacing(dataset: DataSet): Spacing | undefined {
  const scales = items(dataset, 'SequenceOfUltrasoundRegions')
    .filter(
      (region) =>
        number(region, 'PhysicalUnitsXDirection') === CENTIMETRES &&
        number(region, 'PhysicalUnitsYDirection') === CENTIMETRES,
    )
    .map((region) =>
      ['PhysicalDeltaY', 'PhysicalDeltaX'].map((keyword) => Math.abs(number(region, keyword) ?? 0) * 10),
    );
  const [scale] = scales;
  // Regions of several scales have no common spacing.
  return scale && scales.every((one) => one.join() === scale.join()) ? pairOf(scale) : undefined;
}

/** Whether pixels without a known size are at least square: neither aspect ratio nor an uncalibrated spacing says no. */
export function isSquare(dataset: DataSet): boolean {
  return ['PixelAspectRatio', 'PixelSpacing', 'ImagerPixelSpacing', 'NominalScannedPixelSpacing'].every((keyword) => {
    const pair = pairOf(numbers(dataset, keyword));
    return !pair || Math.abs(pair[0] / pair[1] - 1) < 1e-3;
  });
}

function pairOf(values: readonly number[]): Spacing | undefined {
  const [first = 0, second = 0] = values;
  return values.length === 2 && first > 0 && second > 0 ? [first, second] : undefined;
}
