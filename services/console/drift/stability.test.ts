import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stabilityIndex } from './stability.ts';

const counts = fc.array(fc.nat(100_000), { minLength: 1, maxLength: 20 });
const shares = (length: number) =>
  fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: length, maxLength: length }).map((weights) => {
    const sum = weights.reduce((all, one) => all + one, 0);
    return weights.map((one) => one / sum);
  });
const both = counts.chain((seen) => fc.tuple(fc.constant(seen), shares(seen.length)));

describe('population stability index', () => {
  test('is finite and not negative, whatever was counted', () => {
    fc.assert(
      fc.property(both, ([seen, expected]) => {
        const index = stabilityIndex(seen, expected);
        expect(Number.isFinite(index) && index >= 0).toBe(true);
      }),
    );
  });

  test('is 0 where the counts are as expected', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 20 }), (seen) => {
        const sum = seen.reduce((all, one) => all + one, 0);
        expect(
          stabilityIndex(
            seen,
            seen.map((one) => one / sum),
          ),
        ).toBeCloseTo(0, 12);
      }),
    );
  });

  test('does not depend on the order of the bins', () => {
    fc.assert(
      fc.property(counts, (seen) => {
        expect(stabilityIndex(seen.toReversed())).toBeCloseTo(stabilityIndex(seen), 9);
      }),
    );
  });

  test('grows when results move from the emptiest to the fullest bin', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 2, maxLength: 20 }), (seen) => {
        const full = seen.indexOf(Math.max(...seen));
        const empty = seen.lastIndexOf(Math.min(...seen));
        fc.pre(full !== empty);
        const moved = seen.with(full, (seen[full] ?? 0) + 1).with(empty, (seen[empty] ?? 0) - 1);
        expect(stabilityIndex(moved)).toBeGreaterThan(stabilityIndex(seen));
      }),
    );
  });

  test.each([
    ['nothing counted', [0, 0], 0],
    // (0.75 − 0.5) ln 1.5 + (0.25 − 0.5) ln 0.5, with 1000 times as many results so that the half ones hardly count.
    ['three quarters for a half', [750_000, 250_000], 0.25 * Math.log(1.5) - 0.25 * Math.log(0.5)],
    ['all of 500 in the last tenth', [...Array.from({ length: 9 }, () => 0), 500], 6.156],
  ])('%s', (_, seen, expected) => {
    expect(stabilityIndex(seen)).toBeCloseTo(expected, 2);
  });
});
