import { describe, expect, test } from 'vitest';
import { RADIOGRAPH_STRUCTURES, type RadiographStructure, radiographOf } from './radiograph.ts';

const size = 160;
const cases = [10, 11, 12, 13].flatMap((seed) => [
  { seed, view: 'PA' as const },
  { seed, view: 'AP' as const },
]);

describe.each(cases)('chest radiograph $view of seed $seed', ({ seed, view }) => {
  const { masks, pixels } = radiographOf({ seed, view, size });
  const inside = (name: RadiographStructure) => [...masks[name].keys()].filter((i) => masks[name][i]);
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const meanColumn = (name: RadiographStructure) => mean(inside(name).map((i) => i % size));
  const brightness = (name: RadiographStructure) => mean(inside(name).map((i) => pixels[i] ?? 0));

  test("the patient's left lies on the image's right, and the heart to the left of the middle", () => {
    expect(meanColumn('left-lung')).toBeGreaterThan(meanColumn('right-lung') + size / 4);
    expect(meanColumn('heart')).toBeGreaterThan((meanColumn('left-lung') + meanColumn('right-lung')) / 2);
  });

  test('lungs are 14 to 50 % of the picture together, the heart 4 to 16 %', () => {
    const part = (name: RadiographStructure) => inside(name).length / (size * size);
    expect(part('left-lung') + part('right-lung')).toBeGreaterThan(0.14);
    expect(part('left-lung') + part('right-lung')).toBeLessThan(0.5);
    expect(part('heart')).toBeGreaterThan(0.04);
    expect(part('heart')).toBeLessThan(0.16);
  });

  test('no pixel belongs to two structures', () => {
    const all = RADIOGRAPH_STRUCTURES.flatMap(inside);
    expect(new Set(all).size).toBe(all.length);
  });

  test('lungs are darker than the heart, and both brighter than the air beside the body', () => {
    const air = [...pixels].sort((a, b) => a - b)[Math.floor(pixels.length * 0.01)] ?? 0;
    expect(brightness('left-lung')).toBeLessThan(brightness('heart'));
    expect(brightness('right-lung')).toBeLessThan(brightness('heart'));
    for (const name of RADIOGRAPH_STRUCTURES) {
      expect(Math.min(...inside(name).map((i) => pixels[i] ?? 0))).toBeGreaterThan(air);
    }
  });

  test('pixels use 12 bits', () => {
    expect(Math.max(...pixels)).toBeLessThan(4096);
    expect(Math.max(...pixels) - Math.min(...pixels)).toBeGreaterThan(2500);
  });
});

test('the same seed gives the same picture, another seed another one', () => {
  const picture = (seed: number) => radiographOf({ seed, view: 'PA', size: 64 }).pixels;
  expect(picture(14)).toEqual(picture(14));
  expect(picture(14)).not.toEqual(picture(15));
});
