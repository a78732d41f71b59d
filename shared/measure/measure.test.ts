import type { SourceFrame } from '@maskwright/image';
import { describe, expect, test } from 'vitest';
import { box, ctVolume, enhancedVolume, exampleSource, maskOf, measureOne } from './example-shapes.ts';
import { measureMasks } from './measure.ts';
import { HOUNSFIELD } from './units.ts';

describe('volume', () => {
  const sphere = (x: number, y: number, z: number) => (x * 0.8) ** 2 + (y * 0.8) ** 2 + z ** 2 <= 400;

  test.each([
    ['even slices', Array.from({ length: 25 }, (_, index) => 2 * index - 24)],
    ['slices given downwards', Array.from({ length: 25 }, (_, index) => 24 - 2 * index)],
    ['slices at uneven places', [-24, -22, -20, -17, -15, -12, -9, -7, -4, -2, 0, 1, 3, 6, 8, 10, 13, 16, 18, 20, 22]],
  ])('of a ball in %s', async (_, places) => {
    const source = ctVolume(places, 64, [0.8, 0.8]);
    const sorted = [...places].sort((a, b) => a - b);
    const { volume, frames, calibrated } = await measureOne(
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
    const { volume } = await measureOne(enhancedVolume(places, 64, [0.8, 0.8]), ball(places));
    expect(Math.abs((volume?.value ?? 0) / ((4 / 3) * Math.PI * 8) - 1)).toBeLessThan(0.02);
  });

  test.each([
    ['one slice', ctVolume([0], 16, [1, 1])],
    ['radiographs', exampleSource(2, 16, () => ({ Modality: 'CR' }))],
    ['two stacks of an enhanced object', enhancedVolume([0, 2, 56, 58], 16, [1, 1], (at) => (at < 2 ? '1' : '2'))],
    ['several times of an enhanced object', enhancedVolume([0, 2, 0, 2], 16, [1, 1])],
    ['slices without a frame of reference', exampleSource(2, 16, () => ({ Modality: 'CT' }))],
  ])('is not told of %s', async (_, source) => {
    const { frames, volume } = await measureOne(source, maskOf(source.frames.length, 16, box(4, 4)));
    expect(frames.length).toBe(source.frames.length);
    expect(volume).toBeUndefined();
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
