import { type DataSet, items, type KeywordValues, number, numbers, parsePart10, text } from '@maskwright/dicom';
import { assembleSource, type SourceImage } from '@maskwright/image';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeLab, rgbFromLab } from '../cielab.ts';
import { exampleInput, exampleInstance } from '../example-source.ts';
import { type PictureInput, presentationUids } from '../picture-input.ts';
import {
  COLOR_PRESENTATION_STORAGE,
  encodePresentation,
  GRAYSCALE_PRESENTATION_STORAGE,
} from './encode-presentation.ts';
import { shownFrames } from './shown-frames.ts';
import { checkPresentation, writePresentation } from './write-presentation.ts';

/** Rows and columns of `exampleInstance`. */
const PIXELS = 15;
const GREY: KeywordValues = {
  SamplesPerPixel: 1,
  PhotometricInterpretation: 'MONOCHROME2',
  BitsAllocated: 16,
  BitsStored: 16,
  HighBit: 15,
  PixelRepresentation: 0,
};
const WINDOW = { WindowCenter: ['40', '300'], WindowWidth: ['400', '1500'] };
const COLOUR: KeywordValues = {
  ...GREY,
  Modality: 'XC',
  SamplesPerPixel: 3,
  PhotometricInterpretation: 'RGB',
  PlanarConfiguration: 0,
  BitsAllocated: 8,
  BitsStored: 8,
  HighBit: 7,
};
/** Slices with a ramp of grey values; each its own attributes. */
function sourceOf(...slices: readonly KeywordValues[]): SourceImage {
  return assembleSource(
    slices.map((values, index) => ({
      ...exampleInstance(index + 1, { ...GREY, ...values }),
      pixelData: [new Uint8Array(Uint16Array.from({ length: PIXELS * 2 }, (_, at) => at * 10).buffer)],
    })),
  );
}
function inputOf(source: SourceImage, shown: readonly (readonly number[])[]): PictureInput {
  return { ...exampleInput(source, shown), uids: presentationUids('a job') };
}
async function written(source: SourceImage, shown: readonly (readonly number[])[]): Promise<DataSet> {
  return parsePart10((await writePresentation(inputOf(source, shown))) ?? new Uint8Array()).dataset;
}
const images = (item: DataSet): string[] =>
  items(item, 'ReferencedImageSequence').map((one) => text(one, 'ReferencedSOPInstanceUID')?.slice(-1) ?? '');

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

  test('has a layer a segment, in its colour and with its name', async () => {
    const dataset = await written(sourceOf(WINDOW), [[0], [1]]);
    const layers = items(dataset, 'GraphicLayerSequence').map((layer) => {
      const [l = 0, a = 0, b = 0] = numbers(layer, 'GraphicLayerRecommendedDisplayCIELabValue');
      return [
        text(layer, 'GraphicLayer'),
        number(layer, 'GraphicLayerOrder'),
        text(layer, 'GraphicLayerDescription'),
        rgbFromLab(decodeLab([l, a, b])),
      ];
    });
    expect(layers).toEqual([
      ['SEGMENT 1', 1, 'Organ 1', [220, 0, 60]],
      ['SEGMENT 2', 2, 'Organ 2', [220, 20, 60]],
    ]);
  });

  test('draws each island and each hole of a segment as a closed line, and names it at its corner', async () => {
    const ring = [0, 1, 2, 5, 7, 10, 11, 12];
    const [item = {}] = items(await written(sourceOf(WINDOW), [[...ring, 4]]), 'GraphicAnnotationSequence');
    const drawn = items(item, 'GraphicObjectSequence').map((one) => [
      text(one, 'GraphicAnnotationUnits'),
      text(one, 'GraphicType'),
      text(one, 'GraphicFilled'),
      number(one, 'NumberOfGraphicPoints'),
      numbers(one, 'GraphicData'),
    ]);
    const line = (...points: number[]) => ['PIXEL', 'POLYLINE', 'N', 5, points];
    expect(drawn).toEqual([
      line(0, 0, 3, 0, 3, 3, 0, 3, 0, 0),
      line(4, 0, 5, 0, 5, 1, 4, 1, 4, 0),
      line(1, 1, 1, 2, 2, 2, 2, 1, 1, 1),
    ]);
    const [name = {}] = items(item, 'TextObjectSequence');
    expect([text(name, 'UnformattedTextValue'), numbers(name, 'AnchorPoint')]).toEqual(['Organ 1', [0, 0]]);
  });

  test('cuts a line that is longer than its element can be, and fills to the mask all the same', async () => {
    const [rows, columns] = [3, 9000];
    const instance = exampleInstance(1, {
      ...GREY,
      Rows: rows,
      Columns: columns,
      BitsAllocated: 8,
      BitsStored: 8,
      HighBit: 7,
    });
    const source = assembleSource([{ ...instance, pixelData: [new Uint8Array(rows * columns)] }]);
    const input = inputOf(source, [[]]);
    // A comb: four points a tooth.
    const data = Uint8Array.from({ length: rows * columns }, (_, at) => (at >= columns || at % 2 === 0 ? 1 : 0));
    const segments = input.segments.map((segment) => ({ ...segment, mask: { ...segment.mask, data } }));
    const { dataset } = parsePart10((await writePresentation({ ...input, segments })) ?? new Uint8Array());
    const [item = {}] = items(dataset, 'GraphicAnnotationSequence');
    const pieces = items(item, 'GraphicObjectSequence').map((one) => numbers(one, 'GraphicData'));
    expect(pieces.map((piece) => piece.length / 2)).toEqual([8191, 8191, 1623]);
    expect(pieces[1]?.slice(0, 2)).toEqual(pieces[0]?.slice(-2));
    expect(items(item, 'GraphicObjectSequence').map((one) => text(one, 'GraphicFilled'))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test.each<[string, KeywordValues, object]>([
    ['first window', WINDOW, { center: 40, width: 400, shape: undefined }],
    ['sigmoid', { ...WINDOW, VOILUTFunction: 'SIGMOID' }, { center: 40, width: 400, shape: 'SIGMOID' }],
    ['range, where it has no window', {}, { center: 70, width: 140, shape: 'LINEAR_EXACT' }],
    ['nothing, where its eight bits are shown as they are', { BitsAllocated: 8, BitsStored: 8, HighBit: 7 }, {}],
  ])('shows the source in its %s', async (_, values, wanted) => {
    const dataset = await written(sourceOf(values), [[0]]);
    const windows = items(dataset, 'SoftcopyVOILUTSequence').map((item) => ({
      center: number(item, 'WindowCenter'),
      width: number(item, 'WindowWidth'),
      shape: text(item, 'VOILUTFunction'),
      images: images(item),
    }));
    expect(windows).toEqual(Object.keys(wanted).length > 0 ? [{ ...wanted, images: [] }] : []);
  });

  test('says which images have which window, where they differ', async () => {
    const other = { ...WINDOW, WindowCenter: ['50'] };
    const dataset = await written(sourceOf(WINDOW, other, WINDOW), [[0, PIXELS, 2 * PIXELS]]);
    expect(
      items(dataset, 'SoftcopyVOILUTSequence').map((item) => [number(item, 'WindowCenter'), images(item)]),
    ).toEqual([
      [40, ['1', '3']],
      [50, ['2']],
    ]);
  });

  test('has the tables of the source', async () => {
    const table = { LUTDescriptor: [3, 65535, 12], LUTData: Uint16Array.of(1, 2, 3) };
    const values = {
      ModalityLUTSequence: [{ ...table, ModalityLUTType: 'OD' }],
      VOILUTSequence: [{ ...table, LUTExplanation: 'x' }],
    };
    const [modality, voi] = tablesOf(await written(sourceOf(values), [[0]]));
    expect([modality, voi].map((item = {}) => [numbers(item, 'LUTDescriptor'), entriesOf(item)])).toEqual([
      [
        [3, 65535, 16],
        [1, 2, 3],
      ],
      [
        [3, 65535, 12],
        [1, 2, 3],
      ],
    ]);
    expect([text(modality ?? {}, 'ModalityLUTType'), text(voi ?? {}, 'LUTExplanation')]).toEqual(['OD', 'x']);
  });

  test.each<[string, KeywordValues, string, number[]]>([
    ['negative stored values', { PixelRepresentation: 1 }, 'SS', [3, -2, 12]],
    ['negative values after the rescale', { RescaleSlope: '1', RescaleIntercept: '-1024' }, 'SS', [3, -2, 12]],
    ['values above 0', {}, 'US', [3, 65534, 12]],
  ])('has a table of %s in the VR that they need', async (_, values, vr, descriptor) => {
    const table = { LUTDescriptor: [3, 65534, 12], LUTData: Uint16Array.of(1, 2, 3) };
    const [voi = {}] = tablesOf(await written(sourceOf({ ...values, VOILUTSequence: [table] }), [[0]]));
    expect(voi['00283002']).toEqual({ vr, Value: descriptor });
  });

  test.each([
    ['a word each', Uint16Array.of(0, 100, 255, 7)],
    ['packed', Uint8Array.of(0, 100, 255, 7)],
  ])('packs tables of eight bits that are %s', async (_, data) => {
    const table = { LUTDescriptor: [4, 0, 8], LUTData: data };
    const values = { ModalityLUTSequence: [{ ...table, ModalityLUTType: 'US' }], VOILUTSequence: [table] };
    const tables = tablesOf(await written(sourceOf(values), [[0]]));
    expect(tables.map((item) => [numbers(item, 'LUTDescriptor'), item['00283006']])).toEqual([
      [[4, 0, 8], { vr: 'OW', InlineBinary: Buffer.from([0, 100, 255, 7]).toString('base64') }],
      [[4, 0, 8], { vr: 'OW', InlineBinary: Buffer.from([0, 100, 255, 7]).toString('base64') }],
    ]);
  });

  test.each<[string, KeywordValues, (string | number | undefined)[]]>([
    ['rescale of CT', { Modality: 'CT', RescaleSlope: '2', RescaleIntercept: '-1024' }, [2, -1024, 'HU', 'IDENTITY']],
    ['rescale of another', { RescaleSlope: '1', RescaleIntercept: '0' }, [1, 0, 'US', 'IDENTITY']],
    ['inversion', { PhotometricInterpretation: 'MONOCHROME1' }, [undefined, undefined, undefined, 'INVERSE']],
  ])('states what would else not be done: %s', async (_, values, wanted) => {
    const dataset = await written(sourceOf({ ...WINDOW, ...values }), [[0]]);
    expect([
      number(dataset, 'RescaleSlope'),
      number(dataset, 'RescaleIntercept'),
      text(dataset, 'RescaleType'),
      text(dataset, 'PresentationLUTShape'),
    ]).toEqual(wanted);
  });

  test('of slices that are rescaled differently states windows of their stored values', async () => {
    const [one, other] = ['1', '2'].map((slope) => ({ ...WINDOW, RescaleSlope: slope, RescaleIntercept: '0' }));
    const dataset = await written(sourceOf(one ?? {}, other ?? {}, one ?? {}), [[0, 1, PIXELS, 2 * PIXELS]]);
    const [series = {}] = items(dataset, 'ReferencedSeriesSequence');
    expect(images(series)).toEqual(['1', '2', '3']);
    expect(text(dataset, 'RescaleSlope')).toBeUndefined();
    const windows = items(dataset, 'SoftcopyVOILUTSequence');
    expect(windows.map((item) => [number(item, 'WindowCenter'), number(item, 'WindowWidth'), images(item)])).toEqual([
      [40, 400, ['1', '3']],
      [20.25, 200.5, ['2']],
    ]);
  });

  test('where that cannot be shows those that are as the one with the largest mask, and says so', async () => {
    const table = { LUTDescriptor: [3, 0, 8], LUTData: Uint16Array.of(1, 2, 3), ModalityLUTType: 'OD' };
    const [one, other] = [{ ...WINDOW, ModalityLUTSequence: [table] }, WINDOW];
    const dataset = await written(sourceOf(one, other, one), [[0, 1, PIXELS, 2 * PIXELS]]);
    const [series = {}] = items(dataset, 'ReferencedSeriesSequence');
    expect(images(series)).toEqual(['1', '3']);
    expect(text(dataset, 'ContentDescription')).toMatch(/^For research use only, 1 frames left out: /);
  });

  test.each<[string, KeywordValues, string, number[]]>([
    [
      'a size',
      { PixelSpacing: ['0.4', '0.2'], PixelSpacingCalibrationType: 'GEOMETRY' },
      'PresentationPixelSpacing',
      [0.4, 0.2],
    ],
    ['a shape', { PixelAspectRatio: ['3', '4'] }, 'PresentationPixelAspectRatio', [750, 1000]],
    ['neither', {}, 'PresentationPixelAspectRatio', [1, 1]],
  ])('shows the whole image, whose pixels have %s', async (_, values, keyword, wanted) => {
    const [area = {}, ...others] = items(
      await written(sourceOf({ ...WINDOW, ...values }), [[0]]),
      'DisplayedAreaSelectionSequence',
    );
    expect(others).toEqual([]);
    expect(numbers(area, 'DisplayedAreaTopLeftHandCorner')).toEqual([1, 1]);
    expect(numbers(area, 'DisplayedAreaBottomRightHandCorner')).toEqual([5, 3]);
    expect(numbers(area, keyword)).toEqual(wanted);
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

function tablesOf(dataset: DataSet): DataSet[] {
  const [voi = {}] = items(dataset, 'SoftcopyVOILUTSequence');
  return [...items(dataset, 'ModalityLUTSequence'), ...items(voi, 'VOILUTSequence')];
}
function entriesOf(table: DataSet): number[] {
  const bytes = Uint8Array.from(Buffer.from(table['00283006']?.InlineBinary ?? '', 'base64'));
  return [...new Uint16Array(bytes.buffer)];
}

function floats(...values: number[]): string {
  return Buffer.from(Float32Array.from(values).buffer).toString('latin1');
}
function replaced(file: Uint8Array, from: string, to: string): Uint8Array {
  return Buffer.from(Buffer.from(file).toString('latin1').replaceAll(from, to), 'latin1');
}
