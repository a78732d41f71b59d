import { type DataSet, datasetOf, type KeywordValues, tagOf } from '@maskwright/dicom';
import { describe, expect, test } from 'vitest';
import { rangeOf } from './grayscale.ts';
import { type Frame, renderRgb } from './index.ts';
import { decodeNative } from './native.ts';
import { describePixels } from './pixel-description.ts';

const header = (more: KeywordValues) =>
  datasetOf({
    Rows: 1,
    Columns: 3,
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    BitsAllocated: 16,
    BitsStored: 16,
    HighBit: 15,
    PixelRepresentation: 1,
    ...more,
  });
const frame = (...data: number[]): Frame => ({ rows: 1, columns: 3, samples: 1, data: Int16Array.from(data) });

describe('rendering for model and screen (PS3.4 annex N)', () => {
  test.each<[string, KeywordValues, Frame, number[], { window: { center: number; width: number } } | undefined]>([
    [
      'a window cuts at both ends',
      { WindowCenter: 100, WindowWidth: 200 },
      frame(-500, 100, 900),
      [0, 128, 255],
      undefined,
    ],
    [
      'the first of several windows counts',
      { WindowCenter: [100, 0], WindowWidth: [200, 2] },
      frame(0, 100, 200),
      [1, 128, 255],
      undefined,
    ],
    [
      'rescale comes before the window',
      { RescaleSlope: 2, RescaleIntercept: -1000, WindowCenter: 0, WindowWidth: 400 },
      frame(0, 500, 1000),
      [0, 128, 255],
      undefined,
    ],
    [
      'MONOCHROME1 is inverted',
      { PhotometricInterpretation: 'MONOCHROME1', WindowCenter: 100, WindowWidth: 200 },
      frame(-500, 100, 900),
      [255, 127, 0],
      undefined,
    ],
    [
      "a task's window goes before the image's own",
      { WindowCenter: 40, WindowWidth: 400 },
      frame(-1000, 0, 1000),
      [0, 128, 255],
      { window: { center: 0, width: 2000 } },
    ],
    [
      'padding is black, whatever it is worth',
      { PixelPaddingValue: 900, WindowCenter: 100, WindowWidth: 200 },
      frame(-500, 100, 900),
      [0, 128, 0],
      undefined,
    ],
    [
      'padding is black where the lowest values are white',
      {
        PhotometricInterpretation: 'MONOCHROME1',
        PixelPaddingValue: -500,
        WindowCenter: 100,
        WindowWidth: 200,
      },
      frame(-500, 100, 900),
      [0, 127, 0],
      undefined,
    ],
    [
      'padding goes up to its limit',
      { PixelPaddingValue: 500, PixelPaddingRangeLimit: 900, WindowCenter: 100, WindowWidth: 200 },
      frame(500, 700, 901),
      [0, 0, 255],
      undefined,
    ],
    [
      'padding goes down to its limit',
      { PixelPaddingValue: 900, PixelPaddingRangeLimit: 500, WindowCenter: 100, WindowWidth: 200 },
      frame(700, 900, 499),
      [0, 0, 255],
      undefined,
    ],
    [
      'bits above BitsStored are no part of the value',
      { BitsStored: 12, HighBit: 11, WindowCenter: 100, WindowWidth: 200 },
      frame(0x1000, 0x2000 + 100, 0x3000 + 900),
      [0, 128, 255],
      undefined,
    ],
    [
      'the sign is the highest bit stored',
      { BitsStored: 12, HighBit: 11, WindowCenter: 100, WindowWidth: 200 },
      frame(0x0fff, 0x1fff, 0x07ff),
      [0, 0, 255],
      undefined,
    ],
    [
      'without a window the range is shown, but for padding',
      { PixelPaddingValue: -2000 },
      frame(-2000, 0, 100),
      [0, 0, 255],
      undefined,
    ],
  ])('%s', (_, values, image, expected, options) => {
    const { data } = renderRgb(image, header(values), options ?? {});
    const gray = [0, 1, 2].map((pixel) => data[pixel * 3] ?? -1);
    for (const [pixel, level] of gray.entries())
      expect(Math.abs(level - (expected[pixel] ?? -1))).toBeLessThanOrEqual(1);
    expect([...data]).toEqual(gray.flatMap((level) => [level, level, level]));
  });

  test.each<[string, KeywordValues, number[]]>([
    ['one value', { PixelPaddingValue: 63536 }, [63536, 1024, 0x2000 + 1064]],
    ['one value, written as SS', { PixelPaddingValue: -2000 }, [63536, 1024, 0x2000 + 1064]],
    ['a range', { PixelPaddingValue: 63536, PixelPaddingRangeLimit: 63000 }, [63535, 1024, 0x2000 + 1064]],
    ['a value below bits that are none of its own', { PixelPaddingValue: 4095 }, [0xffff, 1024, 0x2000 + 1064]],
  ])('padding that needs more than BitsStored is black: %s', (_, padding, stored) => {
    const dataset = header({
      ...padding,
      BitsStored: 12,
      HighBit: 11,
      PixelRepresentation: 0,
      RescaleSlope: 1,
      RescaleIntercept: -1024,
      WindowCenter: 40,
      WindowWidth: 400,
    });
    const image = decodeNative(new Uint8Array(Uint16Array.from(stored).buffer), 0, describePixels(dataset));
    const { data } = renderRgb(image, dataset);
    expect([0, 3, 6].map((at) => data[at])).toEqual([0, 102, 128]);
  });

  const eightBits = { BitsAllocated: 8, BitsStored: 8, HighBit: 7, PixelRepresentation: 0 };
  const rescale = (RescaleSlope: number, RescaleIntercept: number) => ({ RescaleSlope, RescaleIntercept });
  const table = { LUTDescriptor: [256, 0, 16], LUTData: Uint16Array.from({ length: 256 }, (_, at) => 257 * at) };
  test.each<[string, KeywordValues, number[]]>([
    ['are shown as they are', {}, [17, 68, 119]],
    ['are shown as they are where the rescale changes nothing', rescale(1, 0), [17, 68, 119]],
    ['are shown from the least to the greatest after a small slope', rescale(0.0005, 0), [0, 128, 255]],
    ['are shown from the least to the greatest after a rescale', rescale(16, -1024), [0, 128, 255]],
    [
      'are shown from the least to the greatest after that of a functional group',
      { SharedFunctionalGroupsSequence: [{ PixelValueTransformationSequence: [rescale(16, -1024)] }] },
      [0, 128, 255],
    ],
    ['are shown from the least to the greatest after a table', { ModalityLUTSequence: [table] }, [0, 128, 255]],
    ['are shown by their window', { ...rescale(2, 0), WindowCenter: 128, WindowWidth: 256 }, [34, 136, 238]],
  ])('eight bits %s', (_, values, expected) => {
    const stored = { ...frame(), data: Uint8Array.of(17, 68, 119) };
    const { data } = renderRgb(stored, header({ ...eightBits, ...values }));
    expect([0, 3, 6].map((at) => data[at])).toEqual(expected);
  });

  test('the range without a window leaves out a half percent at both ends', () => {
    const data = Int16Array.from({ length: 1000 }, (_, at) => at);
    const dataset = header({ Columns: 1000 });
    const range = rangeOf({ rows: 1, columns: 1000, samples: 1, data }, dataset, describePixels(dataset));
    expect(range).toEqual([4, 995]);
  });

  const tableFrom = (first: number, vr = 'US') => {
    const values = datasetOf({ LUTDescriptor: [5, first, 8], LUTData: Uint16Array.of(0, 50, 100, 200, 255) });
    return { ...values, [tagOf('LUTDescriptor')]: { vr, Value: [5, first, 8] } };
  };
  const shownBy = (table: DataSet, values: KeywordValues, stored: readonly number[]) => {
    const data = values.PixelRepresentation === 0 ? Uint16Array.from(stored) : Int16Array.from(stored);
    const dataset = { ...header(values), [tagOf('VOILUTSequence')]: { vr: 'SQ', Value: [table] } };
    return [0, 3, 6].map((at) => renderRgb({ ...frame(), data }, dataset).data[at]);
  };
  const unsigned = { PixelRepresentation: 0 };
  test.each<[string, DataSet, KeywordValues, number[], number[]]>([
    ['above 32767 of unsigned values', tableFrom(40000), unsigned, [39000, 40001, 41000], [0, 50, 255]],
    [
      'above 32767 of rescaled values',
      tableFrom(40000),
      { ...unsigned, RescaleIntercept: 100 },
      [39000, 39901, 41000],
      [0, 50, 255],
    ],
    ['below 0 where the VR says so', tableFrom(-2, 'SS'), unsigned, [0, 1, 9], [100, 200, 255]],
    ['below 0 of signed values, whatever the VR', tableFrom(65534), {}, [-9, -1, 9], [0, 50, 255]],
    [
      'below 0 after a rescale',
      tableFrom(65534),
      { ...unsigned, RescaleIntercept: -1000 },
      [900, 999, 1100],
      [0, 50, 255],
    ],
  ])('a VOI LUT whose first value is %s', (_, table, values, stored, expected) => {
    expect(shownBy(table, values, stored)).toEqual(expected);
  });
  test('the highest entry of a VOI LUT is white', () => {
    const table = datasetOf({ LUTDescriptor: [3, 0, 8], LUTData: Uint16Array.of(0, 50, 100) });
    expect(shownBy(table, unsigned, [0, 1, 2])).toEqual([0, 128, 255]);
  });

  test('colour passes as it is', () => {
    const rgb = Uint8Array.of(255, 0, 0, 0, 255, 0, 1, 2, 3);
    const values = {
      SamplesPerPixel: 3,
      PhotometricInterpretation: 'RGB',
      PlanarConfiguration: 0,
      BitsAllocated: 8,
      BitsStored: 8,
      HighBit: 7,
      PixelRepresentation: 0,
    };
    expect([...renderRgb({ rows: 1, columns: 3, samples: 3, data: rgb }, header(values)).data]).toEqual([...rgb]);
  });

  test('a slope of 0 is refused', () => {
    expect(() => renderRgb(frame(1, 2, 3), header({ RescaleSlope: 0, RescaleIntercept: 0 }))).toThrow(
      expect.objectContaining({ code: 'PIXELS_CORRUPT' }),
    );
  });
});
