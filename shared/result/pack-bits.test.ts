import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packBits, unpackFrame } from './pack-bits.ts';

describe('packing of binary frames', () => {
  test('the first pixel is the lowest bit, and frames follow each other without a gap', () => {
    const frames = [Uint8Array.of(1, 0, 0, 0, 0), Uint8Array.of(1, 0, 0, 1, 1), Uint8Array.of(0, 0, 0, 0, 1)];
    expect(packBits(frames)).toEqual(Uint8Array.of(0b0010_0001, 0b0100_0011));
  });
  test('an odd number of bytes is padded', () => {
    expect(packBits([Uint8Array.of(1, 1, 1)])).toEqual(Uint8Array.of(0b111, 0));
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
        expect(packed.length % 2).toBe(0);
        expect(given.map((frame, index) => unpackFrame(packed, frame.length, index))).toEqual(given);
      }),
    );
  });
});
