import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ellipseOf } from './ellipse.ts';
import { atOneSize, maskOf, probabilitiesAt, probabilityPlane } from './logits.ts';

const SURE = 20;
const above = (threshold: number) => ({ threshold, minAreaFraction: 0 });
const AT_HALF = above(0.5);
/** Left half inside. */
const half = { width: 4, height: 2, data: Float32Array.of(SURE, SURE, -SURE, -SURE, SURE, SURE, -SURE, -SURE) };
/** Seven pixels a side, in the middle of nine. */
const inSquare = (i: number) => [i % 9, Math.floor(i / 9)].every((place) => place > 0 && place < 8);
const logit = (probability: number) => Math.log(probability / (1 - probability));
const area = (mask: Uint8Array) => mask.reduce((sum, one) => sum + one, 0);

describe('atOneSize', () => {
  test('brings the smaller plane to the larger one, in either order', () => {
    const small = { width: 2, height: 1, data: Float32Array.of(SURE, -SURE) };
    for (const [a, b] of [atOneSize(small, half), atOneSize(half, small)]) {
      expect([a.width, a.height, b.width, b.height]).toEqual([4, 2, 4, 2]);
      expect([...maskOf(a, 2, 4, AT_HALF)]).toEqual([...maskOf(b, 2, 4, AT_HALF)]);
    }
  });
  test('leaves planes of one size alone', () => {
    expect(atOneSize(half, half)).toEqual([half, half]);
  });
});

describe('maskOf', () => {
  test('brings the mask to the matrix of the source', () => {
    const mask = maskOf(half, 4, 8, AT_HALF);
    expect([...mask]).toEqual(Array.from({ length: 4 }, () => [1, 1, 1, 1, 0, 0, 0, 0]).flat());
  });
  test.each([
    ['above the least area', 0.49, 16],
    ['at the least area', 0.5, 16],
    ['below the least area', 0.51, 0],
  ])('%s: fraction %d leaves %d pixels', (_, least, pixels) => {
    expect(area(maskOf(half, 4, 8, { threshold: 0.5, minAreaFraction: least }))).toBe(pixels);
  });
  test('counts as area what is above the threshold, not what a temperature adds to it', () => {
    const frame = Float32Array.from({ length: 100 }, (_, i) => logit(i < 4 ? 0.6 : i < 40 ? 0.4 : 0.001));
    const drawn = (least: number, temperature?: number) =>
      area(
        maskOf({ width: 10, height: 10, data: frame }, 10, 10, { threshold: 0.5, minAreaFraction: least, temperature }),
      );
    expect([drawn(0), drawn(0, 1)]).toEqual([4, 40]);
    expect([drawn(0.04, 1), drawn(0.05, 1)]).toEqual([40, 0]);
  });
  test('stays empty where a coarser matrix misses all that is above the threshold', () => {
    const data = Float32Array.from({ length: 64 }, (_, i) => logit(i === 9 ? 0.6 : 0.4));
    const rule = { ...AT_HALF, temperature: 1 };
    expect(area(maskOf({ width: 8, height: 8, data }, 8, 8, rule))).toBe(64);
    expect(area(maskOf({ width: 8, height: 8, data }, 2, 2, rule))).toBe(0);
  });
  test('applies the threshold to the probability', () => {
    const flat = (probability: number) => ({ width: 1, height: 1, data: Float32Array.of(logit(probability)) });
    expect(area(maskOf(flat(0.7), 2, 2, above(0.69)))).toBe(4);
    expect(area(maskOf(flat(0.7), 2, 2, above(0.71)))).toBe(0);
    expect(area(maskOf(flat(0.4), 2, 2, above(0.3)))).toBe(4);
  });
  test('draws the ellipse of what is above the threshold, where the rule says so', () => {
    const square = {
      width: 9,
      height: 9,
      data: Float32Array.from({ length: 81 }, (_, i) => (inSquare(i) ? SURE : -SURE)),
    };
    const mask = maskOf(square, 9, 9, { ...AT_HALF, shape: 'ellipse' });
    expect([...mask]).toEqual([...ellipseOf(maskOf(square, 9, 9, AT_HALF), 9)]);
    const at = (x: number, y: number) => mask[y * 9 + x];
    expect([at(1, 1), at(4, 0), at(4, 4)]).toEqual([0, 1, 1]);
  });
  test('shrinks when the threshold rises, and holds only 0 and 1', () => {
    const plane = fc.array(fc.float({ min: -30, max: 30, noNaN: true }), { minLength: 12, maxLength: 12 });
    const threshold = fc.double({ min: 0.01, max: 0.99, noNaN: true });
    fc.assert(
      fc.property(plane, threshold, threshold, (values, a, b) => {
        const logits = { width: 4, height: 3, data: Float32Array.from(values) };
        const low = maskOf(logits, 7, 9, above(Math.min(a, b)));
        const high = maskOf(logits, 7, 9, above(Math.max(a, b)));
        return low.every((one, i) => (one === 0 || one === 1) && one >= (high[i] ?? 2));
      }),
    );
  });
});

test('in its own matrix a mask holds what is above the threshold', () => {
  const logits = { width: 2, height: 2, data: Float32Array.of(-1, 0, 0.1, 5) };
  expect([...maskOf(logits, 2, 2, AT_HALF)]).toEqual([0, 0, 1, 1]);
  expect([...maskOf(logits, 2, 2, above(0.9))]).toEqual([0, 0, 0, 1]);
});

describe('probabilities', () => {
  test('are 0 for never and 255 for certain', () => {
    const logits = { width: 3, height: 1, data: Float32Array.of(-30, 0, 30) };
    expect([...probabilityPlane(logits).data]).toEqual([0, 128, 255]);
  });
  test('at another size lie on the same side of the threshold as the mask, a step of 1/255 apart', () => {
    const plane = fc.array(fc.float({ min: -8, max: 8, noNaN: true }), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(plane, (values) => {
        const logits = { width: 4, height: 3, data: Float32Array.from(values) };
        const mask = maskOf(logits, 7, 9, AT_HALF);
        const graded = probabilitiesAt(probabilityPlane(logits), 7, 9);
        return graded.every((shade, at) => (mask[at] ? shade >= 126 : shade <= 129));
      }),
    );
  });
});
