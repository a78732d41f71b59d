import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isEmpty, shownBlocks, TakenPixels } from './mask-words.ts';

/** Frames of two blocks and a bit, in which a few pixels are set to anything but 0. */
const SIZE = 9001;
const frame = fc
  .array(fc.tuple(fc.nat({ max: SIZE - 1 }), fc.integer({ min: 1, max: 255 })), { maxLength: 40 })
  .map((set) => {
    const pixels = new Uint8Array(SIZE);
    for (const [pixel, value] of set) pixels[pixel] = value;
    return pixels;
  });

describe('words of a mask', () => {
  test('the blocks that show something are those with a pixel', () => {
    fc.assert(
      fc.property(frame, (pixels) => {
        const blocks = [0, 1, 2].filter((block) => pixels.subarray(4096 * block, 4096 * (block + 1)).some(Boolean));
        expect(shownBlocks(pixels)).toEqual(blocks);
        expect(isEmpty(pixels)).toBe(blocks.length === 0);
      }),
    );
  });

  test('a pixel can be taken once in a frame of the source', () => {
    fc.assert(
      fc.property(fc.array(frame, { minLength: 1, maxLength: 4 }), (frames) => {
        const shared = frames.some((one, at) => frames.slice(at + 1).some((two) => one.some((v, k) => v && two[k])));
        const taken = new TakenPixels(SIZE);
        const take = (): boolean => frames.some((pixels) => taken.take(pixels, shownBlocks(pixels)));
        expect(take()).toBe(shared);
        taken.clear();
        expect(take()).toBe(shared);
      }),
      { numRuns: 50 },
    );
  });
});
