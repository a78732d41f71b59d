import { describe, expect, test } from 'vitest';
import { box, exampleSource, maskOf, measureOne } from './example-shapes.ts';

describe('units', () => {
  const scale = { PhysicalUnitsXDirection: 3, PhysicalUnitsYDirection: 3, PhysicalDeltaX: 0.02, PhysicalDeltaY: 0.02 };
  test.each([
    ['nothing stated', {}, '{pixels}', 16],
    ['a spacing of nobody knows what', { PixelSpacing: ['0.5', '0.5'] }, '{pixels}', 16],
    ['the spacing at the detector', { ImagerPixelSpacing: ['0.2', '0.2'] }, '{pixels}', 16],
    ['a calibrated spacing', { PixelSpacing: ['0.5', '0.5'], PixelSpacingCalibrationType: 'GEOMETRY' }, 'mm2', 4],
    ['a corrected spacing', { PixelSpacing: ['0.1', '0.1'], ImagerPixelSpacing: ['0.2', '0.2'] }, 'mm2', 0.16],
    [
      'the spacing of the detector, twice',
      { PixelSpacing: ['0.2', '0.2'], ImagerPixelSpacing: ['0.2', '0.2'] },
      '{pixels}',
      16,
    ],
    ['an ultrasound scale', { SequenceOfUltrasoundRegions: [scale] }, 'mm2', 0.64],
    [
      'a scale to the right of the mask',
      { SequenceOfUltrasoundRegions: [{ ...scale, RegionLocationMinX0: 8 }] },
      '{pixels}',
      16,
    ],
    ['a scale above the mask', { SequenceOfUltrasoundRegions: [{ ...scale, RegionLocationMaxY1: 8 }] }, '{pixels}', 16],
    ['a scale below the mask', { SequenceOfUltrasoundRegions: [{ ...scale, RegionLocationMinY0: 8 }] }, '{pixels}', 16],
    [
      'an ultrasound scale of another part of the image',
      { SequenceOfUltrasoundRegions: [{ ...scale, RegionLocationMaxX1: 8 }] },
      '{pixels}',
      16,
    ],
    [
      'the scale of its part of the image',
      {
        SequenceOfUltrasoundRegions: [
          { ...scale, RegionLocationMinX0: 3 },
          { ...scale, PhysicalDeltaX: 3, RegionLocationMinX0: 12 },
        ],
      },
      'mm2',
      0.64,
    ],
    [
      'two scales',
      {
        SequenceOfUltrasoundRegions: [scale, { ...scale, PhysicalDeltaX: 0.03, PhysicalDeltaY: 0.03 }],
      },
      '{pixels}',
      16,
    ],
  ])('are those of the patient only where the image is calibrated: %s', async (_, values, code, area) => {
    const [first] = (
      await measureOne(
        exampleSource(1, 16, () => values),
        maskOf(1, 16, box(4, 4)),
      )
    ).frames;
    expect(first?.area.unit.code).toBe(code);
    expect(first?.area.value).toBeCloseTo(area, 9);
    expect(first?.longAxis?.unit.code).toBe(code.startsWith('mm') ? 'mm' : '{pixels}');
  });

  test.each([
    ['the aspect ratio', { PixelAspectRatio: ['2', '1'] }],
    [
      'the scale of an ultrasound region that holds a part of the mask',
      { SequenceOfUltrasoundRegions: [{ ...scale, PhysicalDeltaX: 0.01, RegionLocationMaxX1: 8 }] },
    ],
    ['one of two scales', { SequenceOfUltrasoundRegions: [scale, { ...scale, PhysicalDeltaX: 0.03 }] }],
  ])('no length is told where pixels are not square by %s and nobody knows their size', async (_, values) => {
    const source = exampleSource(1, 16, () => ({ Modality: 'US', ...values }));
    const [first] = (await measureOne(source, maskOf(1, 16, box(4, 4)))).frames;
    expect(first).toEqual({ frame: 0, area: { value: 16, unit: { code: '{pixels}', meaning: 'pixels' } } });
  });
});
