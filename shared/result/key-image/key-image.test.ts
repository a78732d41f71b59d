import { explainSelection, selectTasks } from '@maskwright/catalogue';
import {
  type DataSet,
  datasetOf,
  items,
  type KeywordValues,
  numbers,
  parsePart10,
  text,
  texts,
} from '@maskwright/dicom';
import { assembleSource, decodeFrame, type SourceImage } from '@maskwright/image';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exampleInput, exampleInstance } from '../example-source.ts';
import { keyImageUids, type PictureInput } from '../picture-input.ts';
import { writeSeg } from '../write-seg.ts';
import { encodeKeyImage } from './encode-key-image.ts';
import { keyFrame } from './key-frame.ts';
import { checkKeyImage, writeKeyImage } from './write-key-image.ts';

/** Rows and columns of `exampleInstance`. */
const PIXELS = 15;
/** Grey 100 everywhere, shown as it is. */
const GREY: KeywordValues = {
  SamplesPerPixel: 1,
  PhotometricInterpretation: 'MONOCHROME2',
  BitsAllocated: 8,
  BitsStored: 8,
  HighBit: 7,
  PixelRepresentation: 0,
};
function sourceWith(values: KeywordValues = {}, slices = 1): SourceImage {
  return assembleSource(
    Array.from({ length: slices }, (_, index) => ({
      ...exampleInstance(index + 1, { ...GREY, ...values }),
      pixelData: [new Uint8Array(PIXELS).fill(100)],
    })),
  );
}
function inputOf(source: SourceImage, shown: readonly (readonly number[])[]): PictureInput {
  return { ...exampleInput(source, shown), uids: keyImageUids('a job') };
}
async function written(values: KeywordValues = {}, shown: readonly (readonly number[])[] = [[6, 7]]): Promise<DataSet> {
  const file = await writeKeyImage(inputOf(sourceWith(values), shown));
  return parsePart10(file ?? new Uint8Array()).dataset;
}

describe('the frame of a key image', () => {
  test.each<[string, (readonly number[])[], number | undefined]>([
    ['has the most pixels', [[0, PIXELS, PIXELS + 1]], 1],
    ['counts pixels of all segments', [[0, 1], [PIXELS], [PIXELS + 1, PIXELS + 2]], 1],
    ['counts a pixel in two segments once', [[0, 1, PIXELS], [PIXELS]], 0],
    ['is the first of equals', [[2 * PIXELS, PIXELS]], 1],
    ['is none where nothing was found', [[], []], undefined],
  ])('%s', (_, shown, frame) => {
    const { source, segments } = exampleInput(sourceWith({}, 3), shown);
    expect(keyFrame(source, segments)).toBe(frame);
  });
});

describe('a key image', () => {
  test('shows the source outside the masks, and within them a line in the colour of the segment', async () => {
    const file = await writeKeyImage(inputOf(sourceWith(), [[6, 7], [12]]));
    const { data, samples } = await decodeFrame({ instance: parsePart10(file ?? new Uint8Array()), frameNumber: 1 });
    expect(samples).toBe(3);
    const colours = Array.from({ length: PIXELS }, (_, at) => Array.from(data.slice(at * 3, at * 3 + 3)).join());
    const wanted = Array.from({ length: PIXELS }, (_, at) =>
      at === 6 || at === 7 ? '220,0,60' : at === 12 ? '220,20,60' : '100,100,100',
    );
    expect(colours).toEqual(wanted);
  });

  test('fills thinly what lies inside the line', async () => {
    const all = Array.from({ length: PIXELS }, (_, at) => at);
    const file = await writeKeyImage(inputOf(sourceWith(), [all]));
    const { data } = await decodeFrame({ instance: parsePart10(file ?? new Uint8Array()), frameNumber: 1 });
    expect(Array.from(data.slice(6 * 3, 7 * 3))).toEqual([130, 75, 90]);
    expect(Array.from(data.slice(0, 3))).toEqual([220, 0, 60]);
  });

  test('is derived from one image of the study, in a series of its own, marked for research', async () => {
    const input = inputOf(sourceWith({ AccessionNumber: 'A1' }, 2), [[PIXELS]]);
    const seg = parsePart10(writeSeg(exampleInput(input.source, [[PIXELS]])));
    const { dataset } = parsePart10((await writeKeyImage({ ...input, seg })) ?? new Uint8Array());
    expect(['PatientName', 'StudyInstanceUID', 'AccessionNumber', 'Modality'].map((one) => text(dataset, one))).toEqual(
      ['Müller^Ada', '1.2.3', 'A1', 'OT'],
    );
    expect(text(dataset, 'SeriesInstanceUID')).toBe(keyImageUids('a job').seriesInstanceUID);
    expect(text(dataset, 'SeriesNumber')).toBe('7007');
    expect(text(dataset, 'SeriesDescription')).toBe('Lungs: key image (research use only)');
    expect(texts(dataset, 'ImageType')).toEqual(['DERIVED', 'SECONDARY']);
    expect(text(dataset, 'ConversionType')).toBe('WSD');
    expect(text(dataset, 'DerivationDescription')).toMatch(
      /^For research use only.*Frame 2 of 2, the one with the largest/,
    );
    const [sourceItem = {}] = items(dataset, 'SourceImageSequence');
    expect(text(sourceItem, 'ReferencedSOPInstanceUID')).toBe('1.2.3.4.2');
    expect(text(sourceItem, 'ReferencedFrameNumber')).toBeUndefined();
    const [segItem = {}] = items(dataset, 'ReferencedImageSequence');
    expect(text(segItem, 'ReferencedSOPInstanceUID')).toBe(seg.sopInstanceUID);
  });

  test.each<[string, KeywordValues, string | undefined]>([
    ['a source that says YES', { BurnedInAnnotation: 'YES' }, 'YES'],
    ['a source that says NO', { BurnedInAnnotation: 'NO' }, 'NO'],
    ['a radiograph that says nothing', {}, undefined],
    ['a slice that says nothing', { Modality: 'CT' }, 'NO'],
    ['a captured slice that says nothing', { Modality: 'CT', ImageType: ['DERIVED', 'SECONDARY'] }, undefined],
  ])('says of burnt-in text what is known: %s', async (_, values, said) => {
    expect(text(await written(values), 'BurnedInAnnotation')).toBe(said);
  });

  test.each<[string, KeywordValues, number[], number[]]>([
    [
      'of the patient',
      {
        PixelSpacing: ['0.4', '0.2'],
        PixelSpacingCalibrationType: 'GEOMETRY',
        PixelSpacingCalibrationDescription: 'x',
      },
      [0.4, 0.2],
      [],
    ],
    [
      'of the patient, nobody says by what',
      { PixelSpacing: ['0.4', '0.2'], PixelSpacingCalibrationType: 'GEOMETRY' },
      [0.4, 0.2],
      [],
    ],
    [
      'at the detector, which is no size but a shape',
      { ImagerPixelSpacing: ['0.4', '0.2'], PixelSpacing: ['0.4', '0.2'] },
      [],
      [2000, 1000],
    ],
    ['of a scanned film', { NominalScannedPixelSpacing: ['0.4', '0.4'] }, [], []],
    ['as a ratio', { PixelAspectRatio: ['3', '4'] }, [], [750, 1000]],
    ['unknown', {}, [], []],
  ])('has pixels of the size that is known: %s', async (_, values, spacing, aspect) => {
    const dataset = await written(values);
    expect(numbers(dataset, 'PixelSpacing')).toEqual(spacing);
    expect(numbers(dataset, 'PixelAspectRatio')).toEqual(aspect);
    expect(numbers(dataset, 'NominalScannedPixelSpacing')).toEqual([]);
    expect(text(dataset, 'PixelSpacingCalibrationType')).toBe(spacing.length > 0 ? 'GEOMETRY' : undefined);
    // PS3.3 10.7.1.3: the type is never without its description.
    expect(text(dataset, 'PixelSpacingCalibrationDescription') !== undefined).toBe(spacing.length > 0);
  });

  test.each<[string, KeywordValues, string[], string | undefined, string | undefined]>([
    [
      'by its plane',
      {
        Modality: 'CT',
        FrameOfReferenceUID: '1.9',
        ImageOrientationPatient: ['1', '0', '0', '0', '0', '-1'],
        ImagePositionPatient: ['0', '0', '0'],
        PixelSpacing: ['1', '1'],
      },
      ['L', 'F'],
      '',
      undefined,
    ],
    [
      'by an oblique plane',
      {
        Modality: 'MR',
        FrameOfReferenceUID: '1.9',
        ImageOrientationPatient: ['0.8', '0.6', '0', '0', '0', '-1'],
        ImagePositionPatient: ['0', '0', '0'],
        PixelSpacing: ['1', '1'],
      },
      ['LP', 'F'],
      '',
      undefined,
    ],
    [
      'as the source says',
      { PatientOrientation: ['R', 'F'], BodyPartExamined: 'CHEST' },
      ['R', 'F'],
      undefined,
      undefined,
    ],
    ['of a paired part', { BodyPartExamined: 'KNEE', Laterality: 'R' }, [], 'R', undefined],
    ['of both sides', { BodyPartExamined: 'KNEE', ImageLaterality: 'B' }, [], undefined, 'B'],
    ['of an image of it', { BodyPartExamined: 'KNEE', ImageLaterality: 'L' }, [], undefined, 'L'],
  ])('says which side is which: %s', async (_, values, orientation, laterality, ofImage) => {
    const dataset = await written(values);
    expect(texts(dataset, 'PatientOrientation')).toEqual(orientation);
    expect('00200060' in dataset ? (text(dataset, 'Laterality') ?? '') : undefined).toBe(laterality);
    expect(text(dataset, 'ImageLaterality')).toBe(ofImage);
  });

  test('names the frame of a loop', async () => {
    const loop = exampleInstance(1, { ...GREY, Modality: 'US', NumberOfFrames: 3 });
    const source = assembleSource([{ ...loop, pixelData: [new Uint8Array(3 * PIXELS)] }]);
    const { dataset } = parsePart10((await writeKeyImage(inputOf(source, [[2 * PIXELS]]))) ?? new Uint8Array());
    const [item = {}] = items(dataset, 'SourceImageSequence');
    expect(text(item, 'ReferencedFrameNumber')).toBe('3');
  });

  test('is right for every mask', async () => {
    const pixels = fc.subarray(Array.from({ length: 2 * PIXELS }, (_, at) => at));
    await fc.assert(
      fc.asyncProperty(pixels, pixels, async (one, other) => {
        const file = await writeKeyImage(inputOf(sourceWith({}, 2), [one, other]));
        expect(file === undefined).toBe(one.length + other.length === 0);
      }),
      { numRuns: 50 },
    );
  });

  test('is the same bytes for the same input', async () => {
    const make = () => writeKeyImage(inputOf(sourceWith(), [[1]]));
    expect(await make()).toEqual(await make());
  });

  test('is never itself segmented, whatever modality a task asks for', async () => {
    const task = {
      id: 'captures',
      title: 'Captures',
      family: 'chest-xray',
      select: { modality: ['OT'] },
      targets: [],
      models: { vlsm: 'v', conventional: 'c' },
      promptType: 'P0',
      digest: 'd',
    } as const;
    const dataset = await written();
    expect(selectTasks({ tasks: [task] }, dataset)).toEqual([]);
    const [explained] = explainSelection({ tasks: [task] }, dataset);
    expect(explained?.reasons).toEqual(['it is a key image of an earlier result']);
    expect(selectTasks({ tasks: [task] }, datasetOf({ Modality: 'OT' }))).toHaveLength(1);
  });

  test('is not made where nothing was found', async () => {
    expect(await writeKeyImage(inputOf(sourceWith(), [[]]))).toBeUndefined();
  });

  test('keeps its mark however long the title', async () => {
    const input = { ...inputOf(sourceWith(), [[1]]), seriesDescription: 'Lungs and more '.repeat(9) };
    const { dataset } = parsePart10((await writeKeyImage(input)) ?? new Uint8Array());
    expect(text(dataset, 'SeriesDescription')).toMatch(/^Lungs.*\.\.\.: key image \(research use only\)$/);
    expect(Buffer.byteLength(text(dataset, 'SeriesDescription') ?? '')).toBeLessThanOrEqual(64);
  });
});

describe('a key image that is read back', () => {
  test.each<[string, (file: Uint8Array) => Uint8Array, RegExp]>([
    ['is cut off', (file) => file.subarray(0, 150), /cannot be read back/],
    ['has another pixel', (file) => withLast(file, 99), /1 pixels outside the masks are not those of the source/],
    [
      'is of another study',
      (file) => replaced(file, '1.2.3\0', '1.2.9\0'),
      /StudyInstanceUID is not that of the source/,
    ],
    ['has lost its mark', (file) => replaced(file, 'research use only)', 'clinical use okay)'), /no research-use mark/],
  ])('and %s is named', async (_, change, message) => {
    const input = inputOf(sourceWith(), [[1]]);
    const image = await encodeKeyImage(input, 0);
    expect(await checkKeyImage(image, input, 0)).toEqual([]);
    expect((await checkKeyImage({ ...image, file: change(image.file) }, input, 0)).join('; ')).toMatch(message);
  });
});

/** The last sample; a byte of padding follows. */
function withLast(file: Uint8Array, value: number): Uint8Array {
  const copy = Uint8Array.from(file);
  copy[copy.length - 2] = value;
  return copy;
}
function replaced(file: Uint8Array, from: string, to: string): Uint8Array {
  return Buffer.from(Buffer.from(file).toString('latin1').replaceAll(from, to), 'latin1');
}
