import { items, number, numbers, parsePart10, text } from '@maskwright/dicom';
import { assembleSource } from '@maskwright/image';
import { describe, expect, test } from 'vitest';
import { decodeLab, rgbFromLab } from '../cielab.ts';
import { exampleInstance } from '../example-source.ts';
import { GREY, inputOf, sourceOf, WINDOW, written } from './example-state.ts';
import { writePresentation } from './write-presentation.ts';

describe('a presentation state', () => {
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
});
