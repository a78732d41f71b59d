import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { box, calibratedRadiograph, ellipse, maskOf, measureOne, turned } from './example-shapes.ts';
import type { FrameMeasurements } from './measurements.ts';

const SIDE = 128;
const measureShape = async (inside: (x: number, y: number) => boolean, rows = 1, columns = 1) => {
  const { frames } = await measureOne(
    calibratedRadiograph(SIDE, rows, columns),
    maskOf(1, SIDE, (x, y) => inside(x * columns, y * rows)),
  );
  const [first] = frames;
  if (!first) throw new Error('the shape shows nothing');
  return first;
};
const valuesOf = ({ area, longAxis, shortAxis, perimeter, circularity }: FrameMeasurements) => ({
  area: area.value,
  long: longAxis?.value ?? Number.NaN,
  short: shortAxis?.value ?? Number.NaN,
  perimeter: perimeter?.value ?? Number.NaN,
  circularity: circularity?.value ?? Number.NaN,
});
/** Ramanujan: exact to a millionth for these ellipses. */
const ellipsePerimeter = (a: number, b: number) => {
  const h = ((a - b) / (a + b)) ** 2;
  return Math.PI * (a + b) * (1 + (3 * h) / (10 + Math.sqrt(4 - 3 * h)));
};

interface Shape {
  readonly name: string;
  readonly inside: (x: number, y: number) => boolean;
  readonly area: number;
  readonly long: number;
  readonly short: number;
  readonly perimeter: number;
}
const disc = (radius: number): Shape => ({
  name: `a disc of radius ${radius}`,
  inside: ellipse(radius, radius),
  area: Math.PI * radius ** 2,
  long: 2 * radius,
  short: 2 * radius,
  perimeter: 2 * Math.PI * radius,
});
const ellipseOf = (a: number, b: number, degrees: number): Shape => ({
  name: `an ellipse of ${a} and ${b}, turned by ${degrees}°`,
  inside: turned(degrees, ellipse(a, b)),
  area: Math.PI * a * b,
  long: 2 * a,
  short: 2 * b,
  perimeter: ellipsePerimeter(a, b),
});
const boxOf = (width: number, height: number, degrees: number): Shape => {
  const long = Math.hypot(width, height);
  return {
    name: `a box of ${width} × ${height}, turned by ${degrees}°`,
    inside: turned(degrees, box(width, height)),
    area: width * height,
    long,
    // Through the middle of the box, at right angles to its diagonal.
    short: Math.min(height / (width / long), width / (height / long)),
    perimeter: 2 * (width + height),
  };
};
const SHAPES: readonly Shape[] = [
  disc(8),
  disc(20),
  disc(40),
  ...[0, 17, 45, 80].map((degrees) => ellipseOf(40, 18, degrees)),
  ...[0, 10, 30, 45].map((degrees) => boxOf(60, 30, degrees)),
  boxOf(40, 40, 0),
];

describe('a shape whose measures are known', () => {
  test.each(SHAPES)('$name', async ({ inside, ...known }) => {
    const measured = valuesOf(await measureShape(inside));
    // The area counts pixels: what differs is how the shape falls on the grid.
    expect(Math.abs(measured.area / known.area - 1)).toBeLessThan(0.04);
    // One pixel is what a border can be off; for a box the pixel at both ends of the diagonal.
    expect(Math.abs(measured.long - known.long)).toBeLessThan(1.2);
    expect(Math.abs(measured.short - known.short)).toBeLessThan(1.8);
    expect(Math.abs(measured.perimeter / known.perimeter - 1)).toBeLessThan(0.035);
    const circularity = (4 * Math.PI * known.area) / known.perimeter ** 2;
    expect(Math.abs(measured.circularity - circularity)).toBeLessThan(0.06);
  });

  test.each([{ spacing: [0.5, 0.5] }, { spacing: [1, 0.6] }, { spacing: [0.7, 1.4] }] as const)(
    'is as large in pixels of $spacing mm',
    async ({ spacing }) => {
      const measured = valuesOf(await measureShape(ellipse(20, 12), ...spacing));
      const pixel = Math.max(...spacing);
      expect(Math.abs(measured.area / (Math.PI * 240) - 1)).toBeLessThan(0.01);
      expect(Math.abs(measured.long - 40)).toBeLessThan(1.2 * pixel);
      expect(Math.abs(measured.short - 24)).toBeLessThan(1.2 * pixel);
      expect(Math.abs(measured.perimeter / ellipsePerimeter(20, 12) - 1)).toBeLessThan(0.035);
    },
  );

  test.each([
    ['one pixel', box(1, 1), { area: 1, long: 1, short: 1, perimeter: 4 }],
    ['a line of nine', box(9, 1), { area: 9, long: 9, short: 1 }],
  ])('%s is measured exactly', async (_, inside, expected) => {
    const source = calibratedRadiograph(31);
    const [first] = (await measureOne(source, maskOf(1, 31, inside))).frames;
    const measured = first && valuesOf(first);
    for (const [name, value] of Object.entries(expected))
      expect(measured).toHaveProperty(name, expect.closeTo(value, 9));
  });

  test('a ring has both its borders, and the axes of its hull', async () => {
    const measured = valuesOf(await measureShape((x, y) => ellipse(30, 30)(x, y) && !ellipse(15, 15)(x, y)));
    expect(Math.abs(measured.perimeter / (2 * Math.PI * 45) - 1)).toBeLessThan(0.03);
    expect(Math.abs(measured.long - 60)).toBeLessThan(1.2);
  });

  test('of several pieces the largest has the axes, and all have the area', async () => {
    const both = (x: number, y: number) => ellipse(10, 10)(x + 40, y) || ellipse(4, 4)(x - 40, y);
    const measured = valuesOf(await measureShape(both));
    expect(Math.abs(measured.long - 20)).toBeLessThan(1.2);
    expect(Math.abs(measured.area / (Math.PI * 116) - 1)).toBeLessThan(0.03);
  });
});

describe('measures do not depend on', () => {
  const axes = fc.record({
    a: fc.double({ min: 12, max: 40, noNaN: true }),
    b: fc.double({ min: 8, max: 12, noNaN: true }),
  });

  test('how the shape is turned, within a pixel and a few percent', async () => {
    await fc.assert(
      fc.asyncProperty(axes, fc.integer({ min: 0, max: 179 }), async ({ a, b }, degrees) => {
        const [straight, other] = [
          valuesOf(await measureShape(ellipse(a, b))),
          valuesOf(await measureShape(turned(degrees, ellipse(a, b)))),
        ];
        expect(Math.abs(other.area / straight.area - 1)).toBeLessThan(0.05);
        expect(Math.abs(other.long - straight.long)).toBeLessThan(1.5);
        expect(Math.abs(other.short - straight.short)).toBeLessThan(2);
        expect(Math.abs(other.perimeter / straight.perimeter - 1)).toBeLessThan(0.05);
      }),
      { numRuns: 40, seed: 7 },
    );
  });

  test('where the shape lies: moved by whole pixels all is equal', async () => {
    const offset = fc.integer({ min: -20, max: 20 });
    await fc.assert(
      fc.asyncProperty(axes, offset, offset, async ({ a, b }, right, down) => {
        const moved = await measureShape((x, y) => ellipse(a, b)(x - right, y - down));
        const still = valuesOf(await measureShape(ellipse(a, b)));
        for (const [name, value] of Object.entries(valuesOf(moved))) {
          expect(still).toHaveProperty(name, expect.closeTo(value, 6));
        }
      }),
      { numRuns: 25, seed: 7 },
    );
  });
});
