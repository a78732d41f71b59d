import { datasetOf, type Instance, type KeywordValues, parseUid } from '@maskwright/dicom';
import { runsOf } from '@maskwright/image';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IntensitySum, intensitiesOf } from './intensity.ts';
import { NO_UNITS } from './units.ts';

const STORED = [0, 10, 20, 30, 40, 65535];
function image(values: KeywordValues, stored: readonly number[] = STORED): Instance {
  return {
    dataset: datasetOf({
      Rows: 2,
      Columns: 3,
      SamplesPerPixel: 1,
      PhotometricInterpretation: 'MONOCHROME2',
      BitsAllocated: 16,
      BitsStored: 16,
      HighBit: 15,
      PixelRepresentation: 0,
      ...values,
    }),
    transferSyntaxUID: '1.2.840.10008.1.2.1',
    sopClassUID: '1.2.840.10008.5.1.4.1.1.2',
    studyInstanceUID: parseUid('1.2.3', 'StudyInstanceUID'),
    seriesInstanceUID: parseUid('1.2.3.4', 'SeriesInstanceUID'),
    sopInstanceUID: parseUid('1.2.3.4.5', 'SOPInstanceUID'),
    pixelData: [new Uint8Array(Uint16Array.from(stored).buffer)],
  };
}
const rescaled = { RescaleSlope: '2', RescaleIntercept: '-1024' };
const transformed = (RescaleType: string) => ({ PixelValueTransformationSequence: [{ ...rescaled, RescaleType }] });

describe('grey values', () => {
  test.each([
    ['CT', { Modality: 'CT', ...rescaled }, "[hnsf'U]", -1004],
    ['a CT localizer', { Modality: 'CT', ImageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'], ...rescaled }, '1', -1004],
    ['CT in other units', { Modality: 'CT', RescaleType: 'US', ...rescaled }, '1', -1004],
    ['CT without rescale', { Modality: 'CT' }, '1', 10],
    ['PET', { Modality: 'PT', Units: 'BQML', RescaleSlope: '0.5', RescaleIntercept: '0' }, 'Bq/ml', 5],
    ['MR', { Modality: 'MR' }, '1', 10],
    ['enhanced CT', { Modality: 'CT', SharedFunctionalGroupsSequence: [transformed('HU')] }, "[hnsf'U]", -1004],
    [
      'a frame of enhanced CT',
      { Modality: 'CT', PerFrameFunctionalGroupsSequence: [transformed('HU'), transformed('US')] },
      "[hnsf'U]",
      -1004,
    ],
    ['enhanced CT in other units', { Modality: 'CT', SharedFunctionalGroupsSequence: [transformed('US')] }, '1', -1004],
  ])('of %s', async (_, values, code, second) => {
    const grey = await intensitiesOf({ instance: image(values), frameNumber: 1 });
    expect(grey?.unit.code).toBe(code);
    expect(grey?.valueAt(1)).toBe(second);
  });

  test.each([16, 12])('of padding are none, where BitsStored is %i', async (BitsStored) => {
    const instance = image({ PixelPaddingValue: 65535, BitsStored, HighBit: BitsStored - 1 });
    const grey = await intensitiesOf({ instance, frameNumber: 1 });
    expect(STORED.map((_, pixel) => grey?.valueAt(pixel))).toEqual([0, 10, 20, 30, 40, Number.NaN]);
  });

  test('of an enhanced object are rescaled frame by frame', async () => {
    const group = (slope: string) => ({
      PixelValueTransformationSequence: [
        { RescaleSlope: slope, RescaleIntercept: '0', RescaleType: slope === '3' ? 'HU' : 'US' },
      ],
    });
    const both = image({ NumberOfFrames: 2, PerFrameFunctionalGroupsSequence: [group('2'), group('3')] }, [
      ...STORED,
      ...STORED,
    ]);
    const frames = await Promise.all([1, 2].map((frameNumber) => intensitiesOf({ instance: both, frameNumber })));
    expect(frames.map((grey) => [grey?.valueAt(1), grey?.unit.code])).toEqual([
      [20, '1'],
      [30, "[hnsf'U]"],
    ]);
  });

  test('of colour are no measurement', async () => {
    const colour = image({ SamplesPerPixel: 3, PhotometricInterpretation: 'RGB', Columns: 1, PlanarConfiguration: 0 });
    expect(await intensitiesOf({ instance: colour, frameNumber: 1 })).toBeUndefined();
  });
});

describe('statistics', () => {
  test('are those of the values under the mask, over several frames', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: -2000, max: 1_000_000 }), fc.boolean()), { minLength: 2, maxLength: 60 }),
        (pixels) => {
          const sum = new IntensitySum();
          const half = Math.floor(pixels.length / 2);
          for (const part of [pixels.slice(0, half), pixels.slice(half)]) {
            const mask = Uint8Array.from(part, ([, inside]) => Number(inside));
            const valueAt = (pixel: number) => part[pixel]?.[0] ?? Number.NaN;
            const own = new IntensitySum();
            own.add({ valueAt, unit: NO_UNITS }, runsOf(mask, part.length), part.length);
            sum.addAll(own);
          }
          const inside = pixels.flatMap(([value, shown]) => (shown ? [value] : []));
          const { intensity } = sum.statistics();
          expect(intensity?.count ?? 0).toBe(inside.length);
          if (!intensity) return;
          const mean = inside.reduce((total, value) => total + value, 0) / inside.length;
          const variance = inside.reduce((total, value) => total + (value - mean) ** 2, 0) / inside.length;
          expect(intensity.mean).toBeCloseTo(mean, 5);
          expect(intensity.standardDeviation).toBeCloseTo(Math.sqrt(variance), 3);
          expect([intensity.minimum, intensity.maximum]).toEqual([Math.min(...inside), Math.max(...inside)]);
        },
      ),
    );
  });
});
