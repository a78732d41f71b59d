import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { failureAuroc, meanWithInterval, riskCoverage, scoreMask, squaredDistances } from './index.ts';

/** Rows of `.` and `#`. */
function mask(...lines: string[]) {
  const data = Uint8Array.from(lines.join(''), (sign) => Number(sign === '#'));
  return { frames: 1, rows: lines.length, columns: lines[0]?.length ?? 0, data };
}
const empty = mask('......', '......', '......', '......');
const square = mask('......', '.##...', '.##...', '......');
const shifted = mask('......', '..##..', '..##..', '......');

describe('scores of a mask', () => {
  test.each([
    ['the same', square, square, { dice: 1, iou: 1, hd95: 0, nsd: 1 }],
    ['shifted by one pixel', square, shifted, { dice: 0.5, iou: 1 / 3, hd95: 1, nsd: 1 }],
    ['both empty', empty, empty, { dice: 1, iou: 1, hd95: 0, nsd: 1 }],
    ['nothing found', square, empty, { dice: 0, iou: 0, hd95: Math.hypot(4, 6), nsd: 0 }],
    ['something found where there is nothing', empty, square, { dice: 0, iou: 0, hd95: Math.hypot(4, 6), nsd: 0 }],
  ])('%s', (_, truth, found, expected) => {
    const score = scoreMask(truth, found);
    for (const key of ['dice', 'iou', 'hd95', 'nsd'] as const) expect(score[key]).toBeCloseTo(expected[key], 12);
  });

  test('frames in which neither mask shows anything do not change the border scores', () => {
    const twice = (one: typeof square) => ({ ...one, frames: 2, data: Uint8Array.from([...one.data, ...empty.data]) });
    expect(scoreMask(twice(square), twice(shifted))).toEqual(scoreMask(square, shifted));
  });

  test('masks of other sizes are refused', () => {
    expect(() => scoreMask(square, mask('....'))).toThrow(RangeError);
  });
});

const image = fc
  .record({ rows: fc.integer({ min: 1, max: 12 }), columns: fc.integer({ min: 1, max: 12 }) })
  .chain(({ rows, columns }) =>
    fc
      .array(fc.constantFrom(0, 0, 0, 1), { minLength: rows * columns, maxLength: rows * columns })
      .map((points) => ({ rows, columns, points: Uint8Array.from(points) })),
  );

test('the distance transform gives what looking at every pixel gives', () => {
  fc.assert(
    fc.property(image, ({ rows, columns, points }) => {
      const set = [...points.keys()].filter((i) => points[i]);
      const slow = Array.from(points, (_, i) => {
        const squares = set.map(
          (j) => (Math.floor(i / columns) - Math.floor(j / columns)) ** 2 + ((i % columns) - (j % columns)) ** 2,
        );
        return Math.min(Number.POSITIVE_INFINITY, ...squares);
      });
      expect([...squaredDistances(points, rows, columns)]).toEqual(slow);
    }),
  );
});

// Borders by scipy 1.16 ndimage.binary_erosion, distances by distance_transform_edt, percentiles by NumPy.
test.each([
  [0, 31.292161089, 0.217054264],
  [1, 29.673966571, 0.172413793],
  [2, 33.181614845, 0.13559322],
  [3, 23.965966665, 0.277027027],
  [4, 25.24209274, 0.700729927],
  [5, 32.917711878, 0.315789474],
  [6, 29.005583905, 0.345588235],
  [7, 29.108513701, 0.359375],
])('border scores of blobs on 60 × 80 pixels are those of scipy (%i)', (n, hd95, nsd) => {
  const crumb = (x: number, y: number) => (x * 7 + y * 13 + n) % 211 === 0;
  const blob = (y0: number, x0: number, r: number, crumbs: boolean) => {
    const data = Uint8Array.from({ length: 60 * 80 }, (_, i) => {
      const [y, x] = [Math.floor(i / 80), i % 80];
      const inside = (y - y0) ** 2 + (x - x0) ** 2 * (1 + (n % 3)) < r * r;
      return Number(crumbs ? inside || crumb(x, y) : inside && !crumb(x, y));
    });
    return { frames: 1, rows: 60, columns: 80, data };
  };
  const score = scoreMask(blob(20 + n, 40 - n, 12, true), blob(25, 30 + n, 8 + (n % 5), false));
  expect(score.hd95).toBeCloseTo(hd95, 8);
  expect(score.nsd).toBeCloseTo(nsd, 8);
});

describe('intervals and forecasts', () => {
  test('the interval holds the mean, is the same for the same seed, and shrinks with more values', () => {
    const values = Array.from({ length: 200 }, (_, i) => (i % 10) / 10);
    const { mean, low, high } = meanWithInterval(values);
    expect(mean).toBeCloseTo(0.45, 12);
    expect(low).toBeLessThan(mean);
    expect(high).toBeGreaterThan(mean);
    // Standard error of the mean: 0.287 / √200 = 0.0203; 1.96 of it on each side.
    expect(high - low).toBeCloseTo(2 * 1.96 * 0.0203, 2);
    expect(meanWithInterval(values)).toEqual({ mean, low, high });
  });

  test('whole groups are drawn again: images of few patients say less than as many of their own', () => {
    const values = Array.from({ length: 200 }, (_, i) => (i % 10) / 10);
    const alone = meanWithInterval(values);
    const own = values.map((_, i) => `image ${i}`);
    expect(meanWithInterval(values, own)).toEqual(alone);
    const patients = values.map((value) => `patient ${value}`);
    const { mean, low, high } = meanWithInterval(values, patients);
    expect(mean).toBeCloseTo(alone.mean, 12);
    // Ten means of 20 images each: their standard error is 0.287 / √10.
    expect(high - low).toBeCloseTo(2 * 1.96 * (0.287 / Math.sqrt(10)), 1);
  });

  // tools/train/score.py, mean_dice: large groups count by their images, and one group has no interval.
  test('groups count by their values', () => {
    const values = [1, 1, 1, 0];
    const { mean, low, high } = meanWithInterval(values, ['a', 'a', 'a', 'b']);
    expect({ mean, low, high }).toEqual({ mean: 0.75, low: 0, high: 1 });
    expect(meanWithInterval(values, ['a', 'a', 'a', 'a'])).toEqual({ mean: 0.75, low: 0.75, high: 0.75 });
    expect(meanWithInterval([], [])).toEqual({ mean: Number.NaN, low: Number.NaN, high: Number.NaN });
    expect(() => meanWithInterval(values, ['a'])).toThrow(RangeError);
  });

  test.each([
    ['right', [0.9, 0.8, 0.3], [0.95, 0.9, 0.2], 1],
    ['upside down', [0.1, 0.2, 0.9], [0.95, 0.9, 0.2], 0],
    ['the same for all', [0.5, 0.5, 0.5], [0.95, 0.9, 0.2], 0.5],
    ['without any failure', [0.5, 0.5, 0.5], [0.95, 0.9, 0.8], undefined],
  ])('failures foretold %s', (_, predicted, dice, expected) => {
    const forecasts = predicted.map((one, i) => ({ predicted: one, dice: dice[i] ?? 0 }));
    expect(failureAuroc(forecasts, 0.7)).toBe(expected);
  });

  test('risk grows as worse masks are kept', () => {
    const curve = riskCoverage([
      { predicted: 0.2, dice: 0 },
      { predicted: 0.9, dice: 1 },
    ]);
    expect(curve).toEqual([
      { coverage: 0.5, risk: 0 },
      { coverage: 1, risk: 0.5 },
    ]);
  });
});
