import { describe, expect, test } from 'vitest';
import { LIGHT_VALUES, type Light, RETOUCHES, type RgbImage, retouched } from './index.ts';

/** From black to white, each value as often as the next. */
const even: Light = light((share) => 255 * share);
const dark: Light = light((share) => 255 * share ** 3);

function light(of: (share: number) => number): Light {
  const values = Array.from({ length: LIGHT_VALUES }, (_, at) => of(at / (LIGHT_VALUES - 1)));
  return [values, values, values];
}

/** Where dark values became one, nothing tells them apart again. */
const LOST = 12;

/** 32 x 32 pixels, grey; by default each value four times, in the order of reading. */
function grey(of: (share: number) => number = (share) => 255 * share): RgbImage {
  const data = Uint8Array.from({ length: 32 * 32 * 3 }, (_, at) => Math.round(of(Math.floor(at / 3) / 1023)));
  return { width: 32, height: 32, data };
}

function reds({ data }: RgbImage): number[] {
  return [...data].filter((_, at) => at % 3 === 0);
}

function farthest(one: RgbImage, other: RgbImage): number {
  const others = reds(other);
  return Math.max(...reds(one).map((value, at) => Math.abs(value - (others[at] ?? 0))));
}

describe('a retouched image', () => {
  test.each<[string, (share: number) => number]>([
    ['too dark', (share) => 255 * share ** 2.6],
    ['too bright', (share) => 255 * share ** 0.4],
    ['of little contrast', (share) => 100 + 60 * share],
  ])('that was %s has the light of usual images', (_, of) => {
    expect(farthest(retouched(grey(of), 'levelled', even, 32), grey())).toBeLessThanOrEqual(LOST);
  });

  test('has the light of usual images, not an even one', () => {
    expect(
      farthest(
        retouched(grey(), 'levelled', dark, 32),
        grey((share) => 255 * share ** 3),
      ),
    ).toBeLessThanOrEqual(LOST);
  });

  test('that was inverted is as it was before', () => {
    const inverted = grey((share) => 255 - 255 * share ** 2);
    expect(farthest(retouched(inverted, 'inverted', even, 32), grey())).toBeLessThanOrEqual(LOST);
  });

  test('keeps what is brighter brighter, channel by channel', () => {
    let state = 7;
    const noise = Uint8Array.from({ length: 32 * 32 * 3 }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state >>> 24;
    });
    const { data } = retouched({ width: 32, height: 32, data: noise }, 'levelled', dark, 32);
    for (const channel of [0, 1, 2]) {
      const pairs = [...noise].flatMap((value, at) => (at % 3 === channel ? [[value, data[at] ?? 0] as const] : []));
      const after = pairs.toSorted(([a], [b]) => a - b).map(([, value]) => value);
      expect(after).toEqual(after.toSorted((a, b) => a - b));
    }
  });

  test('that was of one value everywhere is so again, in the middle of usual values', () => {
    const uniform = grey(() => 9);
    expect(new Set(reds(retouched(uniform, 'levelled', even, 32)))).toEqual(new Set([128]));
  });

  test('that was smoothed has no single pixels, and its large parts are where they were', () => {
    const halves = grey((share) => (share < 0.5 ? 50 : 200));
    const dotted = { ...halves, data: halves.data.map((value, at) => (Math.floor(at / 3) % 37 === 0 ? 255 : value)) };
    const smooth = reds(retouched(dotted, 'smoothed', even, 32));
    expect(Math.max(...smooth.slice(0, 32 * 12))).toBeLessThan(110);
    expect(Math.min(...smooth.slice(32 * 20))).toBeGreaterThan(180);
  });

  test.each(RETOUCHES)('%s, is as large as the models see it', (how) => {
    expect(retouched(grey(), how, even, 20)).toMatchObject({ width: 20, height: 20, data: { length: 20 * 20 * 3 } });
  });
});
