import { type DataSet, items, type KeywordValues, number, numbers, text } from '@maskwright/dicom';
import { describe, expect, test } from 'vitest';
import { images, PIXELS, sourceOf, WINDOW, written } from './example-state.ts';

describe('a presentation state', () => {
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
});

function tablesOf(dataset: DataSet): DataSet[] {
  const [voi = {}] = items(dataset, 'SoftcopyVOILUTSequence');
  return [...items(dataset, 'ModalityLUTSequence'), ...items(voi, 'VOILUTSequence')];
}
function entriesOf(table: DataSet): number[] {
  const bytes = Uint8Array.from(Buffer.from(table['00283006']?.InlineBinary ?? '', 'base64'));
  return [...new Uint16Array(bytes.buffer)];
}
