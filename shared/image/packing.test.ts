import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PackedMask } from './mask.ts';
import { packBits, unpackBits } from './native.ts';
import { unpackRle } from './rle.ts';

/** PackBits as PS3.5 annex G.3.1 describes it: replicate runs for equal bytes, literal runs for others. */
function packRle(plain: Uint8Array): Uint8Array {
  const packed: number[] = [];
  for (let at = 0; at < plain.length; ) {
    let run = 1;
    while (run < 128 && at + run < plain.length && plain[at + run] === plain[at]) run += 1;
    if (run > 1) packed.push(257 - run, plain[at] ?? 0);
    else packed.push(0, plain[at] ?? 0);
    at += run;
  }
  return Uint8Array.from(packed);
}

test('RLE: what was packed comes back', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 600 }),
    fc
      .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 1, max: 600 }))
      .map(([byte, length]) => new Uint8Array(length).fill(byte)),
  );
  fc.assert(
    fc.property(bytes, (plain) => {
      expect(unpackRle(packRle(plain), plain.length)).toEqual(plain);
    }),
  );
});

test('RLE: any bytes give the length that was asked for, or PIXELS_CORRUPT', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 300 }), (segment, length) => {
      try {
        expect(unpackRle(segment, length)).toHaveLength(length);
      } catch (error) {
        expect(error).toMatchObject({ code: 'PIXELS_CORRUPT' });
      }
    }),
  );
});

test('one-bit pixels: what was packed comes back', () => {
  const bits = fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 1, maxLength: 100 });
  fc.assert(
    fc.property(bits, (plain) => {
      expect([...unpackBits(packBits(Uint8Array.from(plain)), 0, plain.length)]).toEqual(plain);
    }),
  );
});

test('a packed mask is the mask, whatever was put into it last', () => {
  const planes = fc.array(fc.tuple(fc.nat(3), fc.array(fc.constantFrom(0, 1), { minLength: 15, maxLength: 15 })));
  fc.assert(
    fc.property(planes, (put) => {
      const packed = new PackedMask({ frames: 4, rows: 5, columns: 3 });
      const plain = new Uint8Array(60);
      for (const [frame, plane] of put) {
        packed.put(frame, Uint8Array.from(plane));
        plain.set(plane, frame * 15);
      }
      expect([...packed.unpacked()]).toEqual([...plain]);
    }),
  );
});
