import { datasetOf } from '@maskwright/dicom';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeAll } from './decode.ts';
import { PackedMask } from './mask.ts';
import { decodeNative, nativeLength, packBits, unpackBits } from './native.ts';
import type { PixelDescription } from './pixel-description.ts';
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

const described = (more: Partial<PixelDescription>): PixelDescription => ({
  rows: 1,
  columns: 2,
  frames: 1,
  samples: 1,
  bitsAllocated: 16,
  bitsStored: 12,
  lowestBit: 0,
  signed: false,
  float: false,
  planar: false,
  photometric: 'MONOCHROME2',
  padding: undefined,
  ...more,
});

test.each<[string, Partial<PixelDescription>, number[], number[]]>([
  ['unsigned', {}, [0x34, 0x12, 0xff, 0xff], [0x234, 0xfff]],
  ['signed', { signed: true }, [0x34, 0x12, 0xff, 0xf7], [0x234, 0x7ff]],
  ['negative', { signed: true }, [0xff, 0x1f, 0x00, 0x08], [-1, -2048]],
  ['of eight bits', { bitsAllocated: 8, bitsStored: 6 }, [0xc1, 0x3f], [1, 0x3f]],
  ['of 32 bits', { bitsAllocated: 32, bitsStored: 31 }, [0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0x80], [0x7fffffff, 1]],
  ['that is padding', { padding: [0xf830, 0xf830] }, [0x30, 0xf8, 0x31, 0xf8], [0xf830, 0x831]],
  ['that is negative padding', { signed: true, padding: [-32768, -32768] }, [0, 0x80, 0, 0x88], [-32768, -2048]],
  ['all of which are stored', { bitsStored: 16 }, [0x34, 0x12, 0xff, 0xff], [0x1234, 0xffff]],
])('bits above BitsStored are no part of a value: %s', (_, more, bytes, expected) => {
  expect([...decodeNative(Uint8Array.from(bytes), 0, described(more)).data]).toEqual(expected);
});

test.each<[string, Partial<PixelDescription>, number[], number[]]>([
  ['unsigned', {}, [0x40, 0x23, 0xf0, 0xff], [0x234, 0xfff]],
  ['signed', { signed: true }, [0xf0, 0x7f, 0xf0, 0xff], [0x7ff, -1]],
  ['of a HighBit in between', { bitsStored: 8 }, [0x40, 0xf3, 0x00, 0x00], [0x34, 0]],
  ['but where bits below are used', {}, [0x41, 0x02, 0xff, 0xff], [0x241, 0xfff]],
  ['that look like padding where they stand', { padding: [0x40, 0x40] }, [0x40, 0x00, 0x00, 0x04], [4, 64]],
])('values end where HighBit says: %s', (_, more, bytes, expected) => {
  const description = described({ lowestBit: 4, ...more });
  expect([...decodeNative(Uint8Array.from(bytes), 0, description).data]).toEqual(expected);
});

test.each([['YBR_FULL_422'], ['YBR_PARTIAL_422']])(
  'native %s has its colours for two pixels at a time',
  (photometric) => {
    const description = described({ photometric, samples: 3, bitsAllocated: 8, bitsStored: 8 });
    expect([...decodeNative(Uint8Array.of(10, 20, 100, 200), 0, description).data]).toEqual([
      10, 100, 200, 20, 100, 200,
    ]);
    expect(nativeLength(description)).toBe(4);
  },
);

/** Two by two, made with OpenJPEG and OpenJPH. */
test.each([
  {
    name: 'JPEG 2000 of eight bits',
    syntax: '1.2.840.10008.1.2.4.90',
    bits: 8,
    codestream:
      '/0//UQApAAAAAAACAAAAAgAAAAAAAAAAAAAAAgAAAAIAAAAAAAAAAAABhwEB/1IADAAAAAEAAAQEAAH/XAAEQED/ZAAlAAFDcmVhdGVkIGJ5IE9wZW5KUEVHIHZlcnNpb24gMi41LjT/kAAKAAAAAAAWAAH/k9+AKAe27qG3/9k=',
    values: [-128, -1, 0, 127],
  },
  {
    name: 'JPEG 2000 of five bits',
    syntax: '1.2.840.10008.1.2.4.90',
    bits: 5,
    codestream:
      '/0//UQApAAAAAAACAAAAAgAAAAAAAAAAAAAAAgAAAAIAAAAAAAAAAAABhAEB/1IADAAAAAEAAAQEAAH/XAAEQCj/ZAAlAAFDcmVhdGVkIGJ5IE9wZW5KUEVHIHZlcnNpb24gMi41LjT/kAAKAAAAAAAVAAH/k984QAe27V//2Q==',
    values: [-16, -1, 0, 15],
  },
  {
    name: 'HTJ2K of eight bits',
    syntax: '1.2.840.10008.1.2.4.201',
    bits: 8,
    codestream:
      '/0//UQApQAAAAAACAAAAAgAAAAAAAAAAAAAAAgAAAAIAAAAAAAAAAAABhwEB/1AACAACAAAAAv9SAAwAAgABAAUEBEAB/1wAEyBIUFBQUFBQUFBQUFBQSEhI/2QAFwABT3BlbkpQSCBWZXIgMC4yNi4zLv+QAAoAAAAAACEAAf+TAAAAAADAJYBK/AEHdAD+AQd0AP/Z',
    values: [-128, -1, 0, 127],
  },
])('$name has its values below 0', async ({ syntax, bits, codestream, values }) => {
  const dataset = datasetOf({
    Rows: 2,
    Columns: 2,
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    BitsAllocated: 8,
    BitsStored: bits,
    PixelRepresentation: 1,
  });
  const source = {
    dataset,
    transferSyntaxUID: syntax,
    pixelData: [Uint8Array.from(Buffer.from(codestream, 'base64'))],
  };
  const [frame] = await Array.fromAsync(decodeAll(source));
  expect([...(frame?.data ?? [])]).toEqual(values);
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
