import { type DataSet, datasetOf, type KeywordValues } from '@maskwright/dicom';
import { describe, expect, test } from 'vitest';
import { type DisplayTransform, displayTransformOf, type Frame, renderRgb, type StatedTable } from './index.ts';

const VALUES = [0, 1, 2, 40, 103, 150, 900, 3000];
const header = (more: KeywordValues): DataSet =>
  datasetOf({
    Rows: 1,
    Columns: VALUES.length,
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    BitsAllocated: 16,
    BitsStored: 12,
    HighBit: 11,
    PixelRepresentation: 0,
    ...more,
  });
const frame: Frame = { rows: 1, columns: VALUES.length, samples: 1, data: Uint16Array.from(VALUES) };
const TABLE = { LUTDescriptor: [4, 1, 16], LUTData: Uint16Array.of(0, 200, 3000, 65535) };

describe('a display transform', () => {
  test.each<[string, KeywordValues]>([
    ['a window', { WindowCenter: [100, 3], WindowWidth: [200, 9] }],
    ['a window of one value', { WindowCenter: 100, WindowWidth: 1 }],
    ['an exact window', { WindowCenter: 100, WindowWidth: 200, VOILUTFunction: 'LINEAR_EXACT' }],
    ['a sigmoid', { WindowCenter: 100, WindowWidth: 200, VOILUTFunction: 'SIGMOID' }],
    ['a rescale and a window', { RescaleSlope: 2, RescaleIntercept: -1000, WindowCenter: 0, WindowWidth: 400 }],
    ['the range of its pixels', { RescaleSlope: 0.5, RescaleIntercept: 3 }],
    ['a modality LUT', { ModalityLUTSequence: [TABLE], WindowCenter: 1000, WindowWidth: 9000 }],
    ['a VOI LUT', { VOILUTSequence: [TABLE] }],
    ['an inversion', { PhotometricInterpretation: 'MONOCHROME1', WindowCenter: 100, WindowWidth: 200 }],
  ])('with %s shows what `renderRgb` shows', (_, values) => {
    const dataset = header(values);
    const transform = displayTransformOf(dataset, frame);
    const { data } = renderRgb(frame, dataset);
    const levels = VALUES.map((value) => (transform ? shown(transform, value) : -1));
    expect(levels).toEqual(VALUES.map((__, at) => data[at * 3]));
  });

  test.each([
    ['eight bits, rescaled', { RescaleSlope: 0.001, RescaleIntercept: -10 }],
    ['eight bits, through a table', { ModalityLUTSequence: [TABLE] }],
  ])('of %s has the range of the pixels, as `renderRgb` has', (_, values) => {
    const dataset = header({ ...values, BitsAllocated: 8, BitsStored: 8, HighBit: 7 });
    const eight = { ...frame, data: Uint8Array.from([0, 1, 2, 3, 40, 103, 150, 255]) };
    const transform = displayTransformOf(dataset, eight);
    const { data } = renderRgb(eight, dataset);
    expect(new Set(data)).toContain(255);
    expect(Array.from(eight.data, (value) => (transform ? shown(transform, value) : -1))).toEqual(
      VALUES.map((__, at) => data[at * 3]),
    );
  });

  test.each<[string, KeywordValues, DisplayTransform | undefined]>([
    [
      'colour has none',
      { SamplesPerPixel: 3, PhotometricInterpretation: 'RGB', BitsAllocated: 8, BitsStored: 8 },
      undefined,
    ],
    ['palette colour has none', { PhotometricInterpretation: 'PALETTE COLOR' }, undefined],
    ['eight bits are shown as they are', { BitsAllocated: 8, BitsStored: 8 }, { inverse: false }],
    ['without pixels no range is known', {}, { inverse: false }],
    [
      'rescale of CT is in HU',
      { Modality: 'CT', RescaleSlope: 1, RescaleIntercept: -1024 },
      { modality: { slope: 1, intercept: -1024, type: 'HU' }, inverse: false },
    ],
  ])('%s', (_, values, wanted) => {
    expect(displayTransformOf(header(values))).toEqual(wanted);
  });

  test('a rescale that cannot be used is refused', () => {
    expect(() => displayTransformOf(header({ RescaleSlope: 0, RescaleIntercept: 0 }))).toThrow(/RescaleSlope is 0/);
  });
});

/** PS3.4 annex N.2, written once more. */
function shown({ modality, voi, inverse }: DisplayTransform, stored: number): number {
  const value = !modality
    ? stored
    : 'data' in modality
      ? tableAt(modality, stored)
      : stored * modality.slope + modality.intercept;
  const share = Math.min(1, Math.max(0, voiOf(voi, value)));
  const level = Math.round(255 * share);
  return inverse ? 255 - level : level;
}
function voiOf(voi: DisplayTransform['voi'], value: number): number {
  if (!voi) return value / 4095;
  if ('data' in voi) return tableAt(voi, value) / voi.data.reduce((most, one) => Math.max(most, one), 0);
  const { center, width, shape = 'LINEAR' } = voi;
  if (shape === 'SIGMOID') return 1 / (1 + Math.exp((-4 * (value - center)) / width));
  if (shape === 'LINEAR_EXACT') return (value - center) / width + 0.5;
  if (width <= 1) return value > center - 0.5 ? 1 : 0;
  return (value - (center - 0.5)) / (width - 1) + 0.5;
}
function tableAt({ descriptor: [, first], data }: StatedTable, value: number): number {
  return data[Math.min(data.length - 1, Math.max(0, Math.round(value) - first))] ?? 0;
}
