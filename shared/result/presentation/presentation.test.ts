import { type DataSet, items, numbers, text } from '@maskwright/dicom';
import { assembleSource } from '@maskwright/image';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exampleInstance } from '../example-source.ts';
import {
  COLOR_PRESENTATION_STORAGE,
  encodePresentation,
  GRAYSCALE_PRESENTATION_STORAGE,
} from './encode-presentation.ts';
import { COLOUR, GREY, images, inputOf, PIXELS, sourceOf, WINDOW, written } from './example-state.ts';
import { shownFrames } from './shown-frames.ts';
import { checkPresentation, writePresentation } from './write-presentation.ts';

describe('a presentation state', () => {
  test('refers to the images with a mask and to no others', async () => {
    const dataset = await written(sourceOf(WINDOW, WINDOW, WINDOW), [[0], [2 * PIXELS]]);
    const [series = {}] = items(dataset, 'ReferencedSeriesSequence');
    expect([text(series, 'SeriesInstanceUID'), images(series)]).toEqual(['1.2.3.4', ['1', '3']]);
    expect(text(dataset, 'SOPClassUID')).toBe(GRAYSCALE_PRESENTATION_STORAGE);
    expect(['Modality', 'SeriesNumber', 'PatientID', 'ContentLabel'].map((one) => text(dataset, one))).toEqual([
      'PR',
      '6007',
      'P1',
      'MASKWRIGHT',
    ]);
    expect(text(dataset, 'SeriesDescription')).toBe('Lungs: outlines (research use only)');
    expect(text(dataset, 'ContentDescription')).toBe('For research use only: Organ 1, Organ 2.');
  });

  test('refers to frames by number', async () => {
    const loop = exampleInstance(1, { ...GREY, Modality: 'US', NumberOfFrames: 3 });
    const source = assembleSource([{ ...loop, pixelData: [new Uint8Array(3 * 2 * PIXELS)] }]);
    const dataset = await written(source, [[0, 2 * PIXELS]]);
    const [series = {}] = items(dataset, 'ReferencedSeriesSequence');
    const frames = (item: DataSet) =>
      items(item, 'ReferencedImageSequence').map((one) => numbers(one, 'ReferencedFrameNumber'));
    expect(frames(series)).toEqual([[1, 3]]);
    expect(items(dataset, 'GraphicAnnotationSequence').map(frames)).toEqual([[[1]], [[3]]]);
  });

  test('of a colour image is a colour one, with the profile of the source or that of sRGB', async () => {
    const dataset = await written(sourceOf(COLOUR), [[0]]);
    expect(text(dataset, 'SOPClassUID')).toBe(COLOR_PRESENTATION_STORAGE);
    expect('00282000' in dataset && text(dataset, 'ColorSpace')).toBe('SRGB');
    expect('20500020' in dataset || '00283110' in dataset).toBe(false);
    const own = await written(sourceOf({ ...COLOUR, ICCProfile: Uint8Array.of(1, 2, 3, 4) }), [[0]]);
    expect(own['00282000']?.InlineBinary).toBe('AQIDBA==');
    expect(text(own, 'ColorSpace')).toBeUndefined();
  });

  test('is right for every mask', async () => {
    const pixels = fc.subarray(Array.from({ length: 3 * PIXELS }, (_, at) => at));
    await fc.assert(
      fc.asyncProperty(pixels, pixels, async (one, other) => {
        const file = await writePresentation(inputOf(sourceOf(WINDOW, {}, WINDOW), [one, other]));
        expect(file === undefined).toBe(one.length + other.length === 0);
      }),
      { numRuns: 50 },
    );
  });

  test('is the same bytes for the same input', async () => {
    const make = () => writePresentation(inputOf(sourceOf(WINDOW), [[1]]));
    expect(await make()).toEqual(await make());
  });

  test('is not made where nothing was found', async () => {
    expect(await writePresentation(inputOf(sourceOf(WINDOW), [[]]))).toBeUndefined();
  });
});

describe('a presentation state that is read back', () => {
  test.each<[string, (file: Uint8Array) => Uint8Array, RegExp]>([
    ['is cut off', (file) => file.subarray(0, 150), /cannot be read back/],
    [
      'draws another line',
      (file) => replaced(file, floats(1, 0, 2, 0), floats(1, 0, 3, 0)),
      /segment 1 on frame 1 are not its mask/,
    ],
    [
      'is on another layer',
      (file) => replaced(file, 'SEGMENT 1', 'SEGMENT 3'),
      /segment 1 on frame 1 are not its mask/,
    ],
    [
      'speaks of another image',
      (file) => replaced(file, '1.2.3.4.1', '1.2.3.4.9'),
      /referenced are not those with a mask/,
    ],
  ])('and %s is named', async (_, change, message) => {
    const input = inputOf(sourceOf(WINDOW), [[1]]);
    const shown = await shownFrames(input);
    const file = encodePresentation(input, shown);
    expect(checkPresentation(file, input, shown)).toEqual([]);
    expect(checkPresentation(change(file), input, shown).join('; ')).toMatch(message);
  });
});

function floats(...values: number[]): string {
  return Buffer.from(Float32Array.from(values).buffer).toString('latin1');
}
function replaced(file: Uint8Array, from: string, to: string): Uint8Array {
  return Buffer.from(Buffer.from(file).toString('latin1').replaceAll(from, to), 'latin1');
}
