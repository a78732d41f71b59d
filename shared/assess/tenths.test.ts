import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TENTHS, tenthsOf } from './tenths.ts';

describe('tenths', () => {
  test('hold every percentile once', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 100, noNaN: true })), (percentiles) => {
        const tenths = tenthsOf(percentiles);
        expect(tenths).toHaveLength(TENTHS);
        expect(tenths.reduce((all, one) => all + one, 0)).toBe(percentiles.length);
      }),
    );
  });

  test.each([
    [0, 0],
    [9.99, 0],
    [10, 1],
    [99.9, 9],
    [100, 9],
  ])('%f lies in tenth %i', (percentile, bin) => {
    expect(tenthsOf([percentile]).indexOf(1)).toBe(bin);
  });
});
