import { datasetOf, type Instance, type KeywordValues, parseUid } from '@maskwright/dicom';
import { assembleSource, type Mask, type SourceImage } from '@maskwright/image';
import type { SegInput } from './seg-input.ts';
import { segUids } from './seg-uids.ts';

/** Images and inputs for the tests of this room: headers only, for a SEG is made without the source's pixels. */
export function exampleInstance(number: number, values: KeywordValues): Instance {
  const uids = { study: '1.2.3', series: '1.2.3.4', instance: `1.2.3.4.${number}` };
  return {
    dataset: datasetOf({
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.1',
      SOPInstanceUID: uids.instance,
      StudyInstanceUID: uids.study,
      SeriesInstanceUID: uids.series,
      Modality: 'CR',
      InstanceNumber: number,
      SeriesNumber: 7,
      PatientName: 'Müller^Ada',
      PatientID: 'P1',
      Rows: 3,
      Columns: 5,
      ...values,
    }),
    transferSyntaxUID: '1.2.840.10008.1.2.1',
    sopClassUID: '1.2.840.10008.5.1.4.1.1.1',
    studyInstanceUID: parseUid(uids.study, 'StudyInstanceUID'),
    seriesInstanceUID: parseUid(uids.series, 'SeriesInstanceUID'),
    sopInstanceUID: parseUid(uids.instance, 'SOPInstanceUID'),
  };
}
export function exampleRadiograph(values: KeywordValues = {}): SourceImage {
  return assembleSource([exampleInstance(1, values)]);
}
export function exampleLoop(frames: number): SourceImage {
  return assembleSource([exampleInstance(1, { Modality: 'US', NumberOfFrames: frames })]);
}
/** CT slices 2 mm apart, given from the top downwards, in the frame of reference 1.2.3.9. */
export function exampleVolume(slices: number): SourceImage {
  return assembleSource(
    Array.from({ length: slices }, (_, index) =>
      exampleInstance(index + 1, {
        Modality: 'CT',
        FrameOfReferenceUID: '1.2.3.9',
        ImageOrientationPatient: ['1', '0', '0', '0', '1', '0'],
        ImagePositionPatient: ['-10', '-20', String(-2 * index)],
        PixelSpacing: ['0.5', '0.75'],
        SliceThickness: '2.5',
      }),
    ),
  );
}

/** @param shown for each segment the pixels that are set, counted over all frames */
export function exampleInput(source: SourceImage, shown: readonly (readonly number[])[]): SegInput {
  const { rows, columns, frames } = source;
  const mask = (pixels: readonly number[]): Mask => ({
    frames: frames.length,
    rows,
    columns,
    data: Uint8Array.from({ length: frames.length * rows * columns }, (_, at) => (pixels.includes(at) ? 1 : 0)),
  });
  return {
    source,
    segments: shown.map((pixels, index) => ({
      target: {
        name: `organ ${index + 1}`,
        label: `Organ ${index + 1}`,
        category: { value: '91723000', scheme: 'SCT', meaning: 'Anatomical Structure' },
        type: { value: '39607008', scheme: 'SCT', meaning: 'Lung' },
        typeModifier: { value: '7771000', scheme: 'SCT', meaning: 'Left' },
        color: [220, 20 * index, 60],
      },
      mask: mask(pixels),
      prompt: 'organ in a chest radiograph',
      promptType: 'P2',
    })),
    uids: segUids('a job', shown.length),
    algorithm: { name: 'model', version: '1.2' },
    assessment: 'Near to the training images: VLSM.',
    at: new Date('2026-01-02T03:04:05Z'),
    seriesDescription: 'Lungs',
  };
}
