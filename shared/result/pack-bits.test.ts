import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shownBlocks } from './mask-words.ts';
import { packFrame, unpackFrame } from './pack-bits.ts';

function packBits(frames: readonly Uint8Array[]): Uint8Array {
  const size = frames[0]?.length ?? 0;
  const packed = new Uint8Array(Math.ceil((frames.length * size) / 8));
  for (const [index, frame] of frames.entries()) packFrame(frame, packed, index * size, shownBlocks(frame));
  return packed;
}

describe('packing of binary frames', () => {
  test('the first pixel is the lowest bit, and frames follow each other without a gap', () => {
    const frames = [Uint8Array.of(1, 0, 0, 0, 0), Uint8Array.of(1, 0, 0, 1, 1), Uint8Array.of(0, 0, 0, 0, 1)];
    expect(packBits(frames)).toEqual(Uint8Array.of(0b0010_0001, 0b0100_0011));
  });
  test('what is not zero counts as one', () => {
    expect(packBits([Uint8Array.of(0, 255, 2)])[0]).toBe(0b110);
  });
  test('no frame is no byte', () => {
    expect(packBits([])).toEqual(new Uint8Array(0));
  });

  test('unpacking gives back each frame', () => {
    const frames = fc
      .integer({ min: 1, max: 70 })
      .chain((pixels) =>
        fc.array(fc.uint8Array({ minLength: pixels, maxLength: pixels, max: 1 }), { minLength: 1, maxLength: 12 }),
      );
    fc.assert(
      fc.property(frames, (given) => {
        const packed = packBits(given);
        expect(given.map((frame, index) => unpackFrame(packed, frame.length, index))).toEqual(given);
      }),
    );
  });

  test('of large frames, in which most is zero, nothing is passed over', () => {
    const size = 9003;
    const spots = fc.array(fc.nat({ max: 2 * size - 1 }), { maxLength: 20 });
    fc.assert(
      fc.property(spots, fc.integer({ min: 0, max: 9 }), fc.integer({ min: 1, max: 255 }), (set, offset, value) => {
        // Frames may begin at any address.
        const both = new Uint8Array(offset + 2 * size).subarray(offset);
        for (const pixel of set) both[pixel] = value;
        const frames = [both.subarray(0, size), both.subarray(size)];
        const packed = packBits(frames);
        const expected = frames.map((frame) => frame.map((pixel) => Math.min(pixel, 1)));
        expect(frames.map((frame, index) => unpackFrame(packed, frame.length, index))).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });
});
