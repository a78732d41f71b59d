import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ellipseOf } from './ellipse.ts';

type Inside = (x: number, y: number) => boolean;
const SIDE = 96;
const drawn = (inside: Inside, rows = SIDE, columns = SIDE) =>
  Uint8Array.from({ length: rows * columns }, (_, i) => Number(inside(i % columns, Math.floor(i / columns))));
/** Half axes a and b in pixels, turned by `angle` radians. */
const ellipse =
  (cx: number, cy: number, a: number, b: number, angle: number): Inside =>
  (x, y) => {
    const [dx, dy] = [x - cx, y - cy];
    const along = dx * Math.cos(angle) + dy * Math.sin(angle);
    const across = dy * Math.cos(angle) - dx * Math.sin(angle);
    return (along / a) ** 2 + (across / b) ** 2 <= 1;
  };
const area = (mask: Uint8Array) => mask.reduce((sum, one) => sum + one, 0);
const dice = (one: Uint8Array, other: Uint8Array) =>
  (2 * area(one.map((value, i) => value & (other[i] ?? 0)))) / (area(one) + area(other));
const head = ellipse(50, 40, 30, 20, 0.5);

describe('ellipseOf', () => {
  test('gives an ellipse back, wherever it lies and however it is turned', () => {
    const half = fc.double({ min: 6, max: 20, noNaN: true });
    const middle = fc.double({ min: 30, max: 60, noNaN: true });
    fc.assert(
      fc.property(
        middle,
        middle,
        half,
        half,
        fc.double({ min: 0, max: Math.PI, noNaN: true }),
        (cx, cy, a, b, angle) => {
          const mask = drawn(ellipse(cx, cy, a, b, angle));
          expect(dice(ellipseOf(mask, SIDE), mask)).toBeGreaterThan(0.97);
        },
      ),
    );
  });

  test.each<[string, Inside]>([
    ['a border that frays', (x, y) => head(x, y) && (x + y) % 3 > 0],
    ['a hole', (x, y) => head(x, y) && !ellipse(50, 40, 6, 4, 0.5)(x, y)],
    ['a smaller piece beside it', (x, y) => head(x, y) || (x > 85 && y > 85)],
    ['a notch', (x, y) => head(x, y) && !(x > 48 && x < 52 && y < 30)],
  ])('draws it whole in spite of %s', (_, inside) => {
    expect(dice(ellipseOf(drawn(inside), SIDE), drawn(head))).toBeGreaterThan(0.95);
  });

  test.each<[string, Inside]>([
    ['nothing', () => false],
    ['one pixel', (x, y) => x === 3 && y === 0],
    ['the whole frame', () => true],
  ])('has no fault with %s', (_, inside) => {
    const mask = drawn(inside, 7, 5);
    const result = ellipseOf(mask, 5);
    expect(area(result)).toBeLessThanOrEqual(area(mask));
    expect(area(result) > 0).toBe(area(mask) > 0);
  });

  test('is cut at the border of the frame, never carried to the next row', () => {
    const cut = drawn(ellipse(4, 40, 30, 20, 0));
    expect(dice(ellipseOf(cut, SIDE), cut)).toBeGreaterThan(0.9);
    expect([...ellipseOf(cut, SIDE)].filter((one, i) => one && i % SIDE > 50)).toEqual([]);
  });

  test('holds only 0 and 1, in as many pixels, for any mask', () => {
    fc.assert(
      fc.property(fc.uint8Array({ max: 1, minLength: 30, maxLength: 30 }), (mask) => {
        const result = ellipseOf(mask, 5);
        expect(result).toHaveLength(30);
        expect(result.every((one) => one <= 1)).toBe(true);
      }),
    );
  });
});
