import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeLab, encodeLab, labFromRgb, rgbFromLab } from './cielab.ts';

describe('CIELab of display colours', () => {
  /** L*a*b* under D50 as ICC conversion gives them. */
  test.each<[string, [number, number, number], [number, number, number]]>([
    ['black', [0, 0, 0], [0, 0, 0]],
    ['white', [255, 255, 255], [100, 0, 0]],
    ['grey', [128, 128, 128], [53.59, 0, 0]],
    ['red', [255, 0, 0], [54.29, 80.81, 69.89]],
    ['green', [0, 255, 0], [87.82, -79.29, 80.99]],
    ['blue', [0, 0, 255], [29.57, 68.3, -112.03]],
  ])('%s', (_, rgb, lab) => {
    for (const [axis, value] of labFromRgb(rgb).entries()) expect(value).toBeCloseTo(lab[axis] ?? Number.NaN, 1);
  });

  test('values of the attribute reach from 0 to 65535, with the neutral axis at 128/255', () => {
    expect(encodeLab([0, -128, 127])).toEqual([0, 0, 65535]);
    expect(encodeLab([100, 0, 0])).toEqual([65535, 32896, 32896]);
  });

  test('every colour comes back', () => {
    const level = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(fc.tuple(level, level, level), (rgb) => {
        expect(rgbFromLab(decodeLab(encodeLab(labFromRgb(rgb))))).toEqual(rgb);
      }),
      { numRuns: 500 },
    );
  });
});
