import { describe, expect, test } from 'vitest';
import { box, exampleSource, maskOf } from './example-shapes.ts';
import { keyMeasurements } from './key-measurements.ts';
import { measureMasks } from './measure.ts';

const SIDE = 64;
/** A scale of the left half. */
const half = (PhysicalDeltaX: number) => ({
  PhysicalUnitsXDirection: 3,
  PhysicalUnitsYDirection: 3,
  PhysicalDeltaX,
  PhysicalDeltaY: 0.02,
  RegionLocationMinX0: 0,
  RegionLocationMaxX1: SIDE / 2 - 1,
});
const wide = box(30, 10);
const small = (x: number, y: number): boolean => box(10, 4)(x + SIDE / 4, y);

describe('what a person asks first', () => {
  test.each([
    ['of a loop that is calibrated throughout, is of its largest frame', [small, small], 0.02, 1.6, 'mm'],
    ['of a frame that lies across the edge of its scale, is in pixels', [wide], 0.02, 300, '{pixels}'],
    ['of a loop calibrated in part, is of the frames in millimetres', [small, wide], 0.02, 1.6, 'mm'],
    ['in whatever order the frames are', [wide, small], 0.02, 1.6, 'mm'],
    ['and where pixels are not square', [small, wide], 0.01, 0.8, 'mm'],
  ])('%s', async (_, shapes, delta, area, unit) => {
    const source = exampleSource(shapes.length, SIDE, () => ({
      Modality: 'US',
      SequenceOfUltrasoundRegions: [half(delta)],
    }));
    const mask = maskOf(shapes.length, SIDE, (x, y, frame) => shapes[frame]?.(x, y) ?? false);
    const [measured] = await measureMasks(source, [mask], async () => undefined);
    const told = measured ? keyMeasurements(measured) : [];
    expect(told.map(({ name, quantity }) => [name, quantity.unit.code])).toEqual([
      ['area', unit === 'mm' ? 'mm2' : unit],
      ['long axis', unit],
      ['short axis', unit],
    ]);
    expect(told[0]?.quantity.value).toBeCloseTo(area, 9);
  });
});
