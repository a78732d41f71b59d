import { datasetOf, type Instance, type KeywordValues, parseUid } from '@maskwright/dicom';
import { assembleSource, type Mask, type SourceImage } from '@maskwright/image';
import { measureMasks } from './measure.ts';
import type { MaskMeasurements } from './measurements.ts';

/** Sources and masks for the tests of this room: headers only, shapes by formula. */
export function exampleSource(frames: number, side: number, values: (index: number) => KeywordValues): SourceImage {
  return assembleSource(
    Array.from({ length: frames }, (_, index): Instance => {
      const sop = `1.2.3.4.${index + 1}`;
      return {
        dataset: datasetOf({
          SOPInstanceUID: sop,
          SeriesInstanceUID: '1.2.3.4',
          InstanceNumber: index + 1,
          Rows: side,
          Columns: side,
          ...values(index),
        }),
        transferSyntaxUID: '1.2.840.10008.1.2.1',
        sopClassUID: '1.2.840.10008.5.1.4.1.1.2',
        studyInstanceUID: parseUid('1.2.3', 'StudyInstanceUID'),
        seriesInstanceUID: parseUid('1.2.3.4', 'SeriesInstanceUID'),
        sopInstanceUID: parseUid(sop, 'SOPInstanceUID'),
      };
    }),
  );
}

/** A radiograph whose PixelSpacing is the patient's. */
export function calibratedRadiograph(side: number, betweenRows = 1, betweenColumns = 1): SourceImage {
  return exampleSource(1, side, () => ({
    Modality: 'CR',
    PixelSpacing: [String(betweenRows), String(betweenColumns)],
    PixelSpacingCalibrationType: 'FIDUCIAL',
  }));
}

/** CT slices at places along the axis of the body, in millimetres. */
export function ctVolume(places: readonly number[], side: number, spacing: readonly [number, number]): SourceImage {
  return exampleSource(places.length, side, (index) => ({
    Modality: 'CT',
    FrameOfReferenceUID: '1.2.3.9',
    ImageOrientationPatient: ['1', '0', '0', '0', '1', '0'],
    ImagePositionPatient: ['0', '0', String(places[index])],
    PixelSpacing: spacing.map(String),
  }));
}

/** An enhanced CT whose frames lie at places along the axis of the body, in millimetres, in stacks. */
export function enhancedVolume(
  places: readonly number[],
  side: number,
  spacing: readonly [number, number],
  stackOf: (frame: number) => string = () => '1',
): SourceImage {
  return exampleSource(1, side, () => ({
    Modality: 'CT',
    FrameOfReferenceUID: '1.2.3.9',
    NumberOfFrames: places.length,
    SharedFunctionalGroupsSequence: [
      {
        PlaneOrientationSequence: [{ ImageOrientationPatient: ['1', '0', '0', '0', '1', '0'] }],
        PixelMeasuresSequence: [{ PixelSpacing: spacing.map(String) }],
      },
    ],
    PerFrameFunctionalGroupsSequence: places.map((place, frame) => ({
      FrameContentSequence: [{ StackID: stackOf(frame) }],
      PlanePositionSequence: [{ ImagePositionPatient: ['0', '0', String(place)] }],
    })),
  }));
}

/** @param inside of the offset from the middle of the frame, in pixels */
export function maskOf(frames: number, side: number, inside: (x: number, y: number, frame: number) => boolean): Mask {
  const data = new Uint8Array(frames * side * side);
  for (let at = 0; at < data.length; at += 1) {
    const frame = Math.floor(at / (side * side));
    const row = Math.floor(at / side) % side;
    if (inside((at % side) + 0.5 - side / 2, row + 0.5 - side / 2, frame)) data[at] = 1;
  }
  return { frames, rows: side, columns: side, data };
}

/** Measures of one mask, without grey values. */
export async function measureOne(source: SourceImage, mask: Mask): Promise<MaskMeasurements> {
  const [measured] = await measureMasks(source, [mask], async () => undefined);
  if (!measured) throw new Error('one mask, one result');
  return measured;
}

/** Turned about the middle by `degrees`. */
export function turned(degrees: number, inside: (x: number, y: number) => boolean): (x: number, y: number) => boolean {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return (x, y) => inside(x * cos + y * sin, y * cos - x * sin);
}
export const ellipse =
  (a: number, b: number) =>
  (x: number, y: number): boolean =>
    (x / a) ** 2 + (y / b) ** 2 <= 1;
export const box =
  (width: number, height: number) =>
  (x: number, y: number): boolean =>
    Math.abs(x) < width / 2 && Math.abs(y) < height / 2;
