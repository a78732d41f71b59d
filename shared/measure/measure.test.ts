import type { SourceFrame, SourceImage } from '@maskwright/image';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  box,
  calibratedRadiograph,
  ctVolume,
  ellipse,
  enhancedVolume,
  exampleSource,
  maskOf,
  turned,
} from './example-shapes.ts';
import { measureMasks } from './measure.ts';
import type { FrameMeasurements, MaskMeasurements } from './measurements.ts';
import { HOUNSFIELD } from './units.ts';

const SIDE = 128;
const noPixels = async () => undefined;
const measure = async (source: SourceImage, mask: ReturnType<typeof maskOf>): Promise<MaskMeasurements> => {
  const [measured] = await measureMasks(source, [mask], noPixels);
  if (!measured) throw new Error('one mask, one result');
  return measured;
};
const measureShape = async (inside: (x: number, y: number) => boolean, rows = 1, columns = 1) => {
  const { frames } = await measure(
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
    const [first] = (await measure(source, maskOf(1, 31, inside))).frames;
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

describe('volume', () => {
  const sphere = (x: number, y: number, z: number) => (x * 0.8) ** 2 + (y * 0.8) ** 2 + z ** 2 <= 400;

  test.each([
    ['even slices', Array.from({ length: 25 }, (_, index) => 2 * index - 24)],
    ['slices given downwards', Array.from({ length: 25 }, (_, index) => 24 - 2 * index)],
    ['slices at uneven places', [-24, -22, -20, -17, -15, -12, -9, -7, -4, -2, 0, 1, 3, 6, 8, 10, 13, 16, 18, 20, 22]],
  ])('of a ball in %s', async (_, places) => {
    const source = ctVolume(places, 64, [0.8, 0.8]);
    const sorted = [...places].sort((a, b) => a - b);
    const { volume, frames, calibrated } = await measure(
      source,
      maskOf(places.length, 64, (x, y, frame) => sphere(x, y, sorted[frame] ?? 0)),
    );
    expect(calibrated).toBe(true);
    expect(volume?.unit.code).toBe('ml');
    expect(Math.abs((volume?.value ?? 0) / ((4 / 3) * Math.PI * 8) - 1)).toBeLessThan(0.02);
    expect(Math.max(...frames.map(({ area }) => area.value))).toBeCloseTo(Math.PI * 400, -2);
  });

  const ball = (places: readonly number[]) =>
    maskOf(places.length, 64, (x, y, frame) => sphere(x, y, places[frame] ?? 0));
  const down = Array.from({ length: 25 }, (_, index) => 24 - 2 * index);
  const interleaved = [...down.filter((_, index) => index % 2 === 0), ...down.filter((_, index) => index % 2 === 1)];
  test.each([
    ['downwards', down],
    ['interleaved', interleaved],
  ])('of a ball in an enhanced object whose frames are stored %s', async (_, places) => {
    const { volume } = await measure(enhancedVolume(places, 64, [0.8, 0.8]), ball(places));
    expect(Math.abs((volume?.value ?? 0) / ((4 / 3) * Math.PI * 8) - 1)).toBeLessThan(0.02);
  });

  test.each([
    ['one slice', ctVolume([0], 16, [1, 1])],
    ['radiographs', exampleSource(2, 16, () => ({ Modality: 'CR' }))],
    ['two stacks of an enhanced object', enhancedVolume([0, 2, 56, 58], 16, [1, 1], (at) => (at < 2 ? '1' : '2'))],
    ['several times of an enhanced object', enhancedVolume([0, 2, 0, 2], 16, [1, 1])],
    ['slices without a frame of reference', exampleSource(2, 16, () => ({ Modality: 'CT' }))],
  ])('is not told of %s', async (_, source) => {
    const { frames, volume } = await measure(source, maskOf(source.frames.length, 16, box(4, 4)));
    expect(frames.length).toBe(source.frames.length);
    expect(volume).toBeUndefined();
  });
});

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
      await measure(
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
    const [first] = (await measure(source, maskOf(1, 16, box(4, 4)))).frames;
    expect(first).toEqual({ frame: 0, area: { value: 16, unit: { code: '{pixels}', meaning: 'pixels' } } });
  });
});

test('a mask without a pixel has no frames, and its frames are never decoded', async () => {
  const asked: number[] = [];
  const source = ctVolume([0, 1, 2], 16, [1, 1]);
  const some = maskOf(3, 16, (x, y, frame) => frame === 1 && box(2, 2)(x, y));
  const none = maskOf(3, 16, () => false);
  const measured = await measureMasks(source, [none, some], async (frame) => {
    asked.push(source.frames.indexOf(frame));
    return undefined;
  });
  expect(measured[0]).toEqual({ frames: [], calibrated: true });
  expect(measured[1]?.frames.map(({ frame }) => frame)).toEqual([1]);
  expect(asked).toEqual([1]);
});

test('grey values are those under the mask, of each frame and of all together', async () => {
  const source = ctVolume([0, 1], 4, [1, 1]);
  const first = (frame: SourceFrame) => 100 * source.frames.indexOf(frame);
  // Pixels 5, 6, 9 and 10, in the middle.
  const [measured] = await measureMasks(source, [maskOf(2, 4, box(2, 2))], async (frame) => ({
    valueAt: (pixel) => first(frame) + pixel,
    unit: HOUNSFIELD,
  }));
  const [own, whole] = [Math.sqrt(4.25), Math.sqrt(2504.25)];
  expect([...(measured?.frames ?? []), measured].map((one) => one?.intensity)).toEqual([
    { count: 4, mean: 7.5, minimum: 5, maximum: 10, standardDeviation: expect.closeTo(own, 9), unit: HOUNSFIELD },
    { count: 4, mean: 107.5, minimum: 105, maximum: 110, standardDeviation: expect.closeTo(own, 9), unit: HOUNSFIELD },
    { count: 8, mean: 57.5, minimum: 5, maximum: 110, standardDeviation: expect.closeTo(whole, 9), unit: HOUNSFIELD },
  ]);
});
