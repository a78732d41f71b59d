import type { Domain } from '@maskwright/model';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { distanceTo, medianOf, percentileOf, percentileShares } from './distance.ts';

const finite = fc.double({ min: -1e3, max: 1e3, noNaN: true });
const domains: fc.Arbitrary<Domain> = fc
  .record({
    mean: fc.array(finite, { minLength: 4, maxLength: 4 }),
    projection: fc.array(fc.array(finite, { minLength: 4, maxLength: 4 }), { minLength: 1, maxLength: 3 }),
    quantiles: fc.array(fc.double({ min: 0, max: 50, noNaN: true }), { minLength: 101, maxLength: 101 }),
  })
  .map(({ mean, projection, quantiles }) => ({
    modalities: [],
    dim: 4,
    mean,
    projection,
    quantiles: quantiles.toSorted((a, b) => a - b),
    near: 1,
    far: 2,
  }));
const plane: Domain = {
  modalities: [],
  dim: 3,
  mean: [1, 2, 3],
  projection: [
    [2, 0, 0],
    [0, 1, 0],
  ],
  quantiles: Array.from({ length: 101 }, (_, i) => i / 10),
  near: 1,
  far: 2,
};

describe('distance', () => {
  test('is the length of the projected difference', () => {
    expect(distanceTo(plane, [1 + 1.5, 2 + 4, 99])).toBeCloseTo(5, 12);
  });
  test('is zero at the mean and never negative', () => {
    fc.assert(
      fc.property(domains, fc.array(finite, { minLength: 4, maxLength: 4 }), (domain, features) => {
        expect(distanceTo(domain, domain.mean)).toBe(0);
        expect(distanceTo(domain, features)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
  test('does not depend on the units of the features: x → a·x + b, with statistics made from the same', () => {
    const scale = fc.double({ min: 0.01, max: 100, noNaN: true });
    const four = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(domains, four(finite), four(scale), four(finite), (domain, features, a, b) => {
        const moved = (x: readonly number[]) => x.map((value, i) => value * (a[i] ?? 1) + (b[i] ?? 0));
        const projection = domain.projection.map((row) => row.map((weight, i) => weight / (a[i] ?? 1)));
        const here = distanceTo(domain, features);
        const there = distanceTo({ ...domain, mean: moved(domain.mean), projection }, moved(features));
        // b up to 1000 with a from 0.01 costs about five decimal places of a double.
        expect(Math.abs(there - here)).toBeLessThanOrEqual(1e-6 * (1 + here) + 1e-4);
      }),
    );
  });
  test('grows in proportion along any direction from the mean', () => {
    const times = fc.double({ min: 1, max: 10, noNaN: true });
    fc.assert(
      fc.property(domains, fc.array(finite, { minLength: 4, maxLength: 4 }), times, (domain, step, t) => {
        const at = (k: number) =>
          distanceTo(
            domain,
            domain.mean.map((m, i) => m + k * (step[i] ?? 0)),
          );
        expect(at(t)).toBeGreaterThanOrEqual(at(1) * (1 - 1e-9) - 1e-6);
      }),
    );
  });
  test('refuses features of another length', () => {
    expect(() => distanceTo(plane, [1, 2])).toThrow(/gives 2 pooled features, its training statistics have 3/);
  });
  test.each([
    ['no slice', [], undefined],
    ['one', [4], 4],
    ['an odd number', [9, 1, 2], 2],
    ['an even number', [9, 1, 2, 4], 3],
  ])('of a volume is the median: %s', (_, distances, median) => {
    expect(medianOf(distances)).toBe(median);
  });
});

describe('percentile', () => {
  test.each([
    [0, 0],
    [0.25, 2.5],
    [5, 50],
    [10, 100],
    [99, 100],
  ])('of distance %d is %d', (distance, percentile) => {
    expect(percentileOf(plane, distance)).toBeCloseTo(percentile, 9);
  });
  test('rises with the distance, from 0 to 100', () => {
    const distance = fc.double({ min: 0, max: 60, noNaN: true });
    fc.assert(
      fc.property(domains, distance, distance, (domain, a, b) => {
        const low = percentileOf(domain, Math.min(a, b));
        const high = percentileOf(domain, Math.max(a, b));
        expect(low).toBeLessThanOrEqual(high);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(100);
      }),
    );
  });
});

test('the slices of a volume are counted by tenths of the percentiles', () => {
  expect(percentileShares(plane, [0, 0.5, 9.5, 20])).toEqual([0.5, 0, 0, 0, 0, 0, 0, 0, 0, 0.5]);
});
