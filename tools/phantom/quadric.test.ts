import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  above,
  below,
  chord,
  contains,
  ellipsoid,
  intersect,
  type Placement,
  place,
  placePoint,
  type Shape,
  tube,
} from './quadric.ts';
import { createRandom } from './random.ts';
import { add, scale, turned, unit, type Vector } from './vector.ts';

// Drawn evenly from a seed: fast-check's own numbers favour zeros, which put points and rays on the very surfaces.
const random = fc.integer({ min: 1, max: 1_000_000 }).map((seed) => createRandom('quadric test', seed));
const uniform = (low: number, high: number) => random.map((from) => from.uniform(low, high));
const triple = (low: number, high: number): fc.Arbitrary<Vector> =>
  random.map((from) => [from.uniform(low, high), from.uniform(low, high), from.uniform(low, high)]);
const point = triple(-40, 40);
const radii = triple(5, 30);
const axes = triple(-180, 180).map((angles) => turned(...angles));
const direction = point.map(unit);
const placement: fc.Arbitrary<Placement> = fc.record({ stretch: triple(0.7, 1.4), axes, shift: point });
const shape: fc.Arbitrary<Shape> = fc.oneof(
  fc.tuple(point, radii, axes).map((given) => ellipsoid(...given)),
  fc
    .tuple(point, direction, uniform(10, 60), radii)
    .map(([from, along, reach, [first, second]]) => tube(from, add(from, scale(along, reach)), [first, second])),
  fc
    .tuple(point, radii, direction)
    .map(([centre, sizes, normal]) => intersect(ellipsoid(centre, sizes), above(centre, normal))),
);

describe('chord', () => {
  test('is as long as numeric integration finds it', () => {
    fc.assert(
      fc.property(shape, point, direction, (solid, origin, along) => {
        const span = chord(solid, origin, along);
        const step = 0.1;
        let inside = 0;
        for (let t = -200; t < 200; t += step) if (contains(solid, add(origin, scale(along, t)))) inside += step;
        expect(inside).toBeGreaterThan((span ? span[1] - span[0] : 0) - 2.01 * step);
        expect(inside).toBeLessThan((span ? span[1] - span[0] : 0) + 2.01 * step);
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  test.each([
    { name: 'through the middle', origin: [0, -50, 0], along: [0, 1, 0], length: 20 },
    { name: 'beside the middle', origin: [6, -50, 0], along: [0, 1, 0], length: 16 },
    { name: 'touching', origin: [10, -50, 0], along: [0, 1, 0], length: 0 },
    { name: 'missing', origin: [11, -50, 0], along: [0, 1, 0], length: 0 },
  ] as const)('of a sphere of radius 10, $name: $length', ({ origin, along, length }) => {
    const span = chord(ellipsoid([0, 0, 0], [10, 10, 10]), origin, along);
    expect(span ? span[1] - span[0] : 0).toBeCloseTo(length, 9);
  });

  test('of a half-space is endless on one side', () => {
    expect(chord(below([0, 0, 5], [0, 0, 1]), [0, 0, 0], [0, 0, 1])).toEqual([Number.NEGATIVE_INFINITY, 5]);
  });
});

describe('place', () => {
  test('moves exactly what is inside', () => {
    fc.assert(
      fc.property(shape, placement, point, (solid, how, where) => {
        expect(contains(place(solid, how), placePoint(where, how))).toBe(contains(solid, where));
      }),
      { numRuns: 300, seed: 2 },
    );
  });

  test('keeps the shape inside its box', () => {
    fc.assert(
      fc.property(shape, placement, point, (solid, how, where) => {
        const moved = place(solid, how);
        const at = placePoint(where, how);
        if (!contains(moved, at)) return;
        for (const k of [0, 1, 2] as const) {
          expect(at[k]).toBeGreaterThanOrEqual(moved.box.low[k] - 1e-6);
          expect(at[k]).toBeLessThanOrEqual(moved.box.high[k] + 1e-6);
        }
      }),
      { numRuns: 500, seed: 3 },
    );
  });
});
