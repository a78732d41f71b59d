import { MaskwrightError } from '@maskwright/errors';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jpegHeader } from './jpeg-header.ts';
import { jpegXlHeader } from './jpeg-xl-header.ts';
import { jpeg2000Codestream, jpeg2000Ends, jpeg2000Header, unsignedJpeg2000 } from './jpeg2000-header.ts';

const frame = (marker: number): Uint8Array =>
  Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, marker, 0, 11, 12, 1, 0, 2, 0, 1, 1, 0x11, 0, 0xff, 0xd9]);

describe('what a codestream claims', () => {
  test.each([
    { name: 'baseline JPEG', marker: 0xc0, kind: 'jpeg', lossless: false, sequential: true },
    { name: 'JPEG', marker: 0xc1, kind: 'jpeg', lossless: false, sequential: true },
    { name: 'progressive JPEG', marker: 0xc2, kind: 'jpeg', lossless: false, sequential: false },
    { name: 'lossless JPEG', marker: 0xc3, kind: 'jpeg', lossless: true, sequential: false },
    { name: 'JPEG-LS', marker: 0xf7, kind: 'jpeg-ls', lossless: false, sequential: false },
  ])('$name', ({ marker, kind, lossless, sequential }) => {
    expect(jpegHeader(frame(marker))).toEqual({
      kind,
      lossless,
      sequential,
      bits: 12,
      rows: 256,
      columns: 512,
      samples: 1,
      ended: true,
    });
    expect(jpegHeader(frame(marker).subarray(0, -2)).ended).toBe(false);
  });

  test.each([
    { name: 'small, square', bytes: [0xff, 0x0a, 0b0100_1111, 0b0000_0000], rows: 64, columns: 64 },
    { name: 'of 512 × 512 in 13 bits', bytes: [0xff, 0x0a, 0b1111_1010, 0b0000_1111, 1], rows: 512, columns: 512 },
  ])('JPEG XL, $name', ({ bytes, rows, columns }) => {
    expect(jpegXlHeader(Uint8Array.from([...bytes, 0, 0, 0, 0]))).toEqual({ rows, columns, samples: 3, bits: 8 });
  });
});

test.each([
  { name: 'as many samples as pixels', steps: [1, 1], subsampled: false },
  { name: 'half as many in a row', steps: [2, 1], subsampled: true },
  { name: 'half as many in a column', steps: [1, 2], subsampled: true },
])('JPEG 2000 whose last component has $name', ({ steps, subsampled }) => {
  const size = [0, 0, 0, 9].concat(
    [0, 0, 0, 7],
    Array<number>(8).fill(0),
    [0, 0, 0, 9],
    [0, 0, 0, 7],
    Array<number>(8).fill(0),
  );
  const bytes = Uint8Array.from([0xff, 0x4f, 0xff, 0x51, 0, 44, 0, 0, ...size, 0, 2, 7, 1, 1, 0x87, ...steps]);
  expect(jpeg2000Header(bytes)).toEqual({
    rows: 7,
    columns: 9,
    samples: 2,
    bits: 8,
    signed: false,
    subsampled,
    tiles: 1,
  });
  expect([...unsignedJpeg2000(bytes)]).toEqual([...bytes].with(45, 7));
});

test('any bytes have a header or are refused by name', () => {
  const starts = [[0xff, 0xd8], [0xff, 0x4f, 0xff, 0x51], [0xff, 0x0a], [0, 0, 0, 12, 0x4a, 0x58, 0x4c, 0x20], []];
  const bytes = fc.tuple(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 120 }));
  fc.assert(
    fc.property(bytes, ([start, rest]) => {
      const codestream = Uint8Array.from([...start, ...rest]);
      for (const read of [
        jpegHeader,
        jpegXlHeader,
        (one: Uint8Array) => jpeg2000Header(jpeg2000Codestream(one)),
        jpeg2000Ends,
      ]) {
        try {
          read(codestream);
        } catch (error) {
          expect(error).toBeInstanceOf(MaskwrightError);
        }
      }
    }),
    { numRuns: 2000 },
  );
});

describe('tile-parts of JPEG 2000', () => {
  const head = [0xff, 0x4f, 0xff, 0x51, 0, 4, 0, 0];
  const tile = (length: number): number[] => [0xff, 0x90, 0, 10, 0, 0, 0, 0, 0, length, 0, 1, 0xff, 0x93, 1, 2];
  test.each([
    { name: 'all there', bytes: [...head, ...tile(16), ...tile(16), 0xff, 0xd9], ended: true },
    { name: 'without an end marker', bytes: [...head, ...tile(16)], ended: false },
    { name: 'the last one up to the end', bytes: [...head, ...tile(0), 0xff, 0xd9], ended: true },
  ])('$name', ({ bytes, ended }) => {
    expect(jpeg2000Ends(Uint8Array.from(bytes))).toEqual({ ended });
  });
  test.each([
    { name: 'one cut off', bytes: [...head, ...tile(17)], message: /ends early/ },
    { name: 'none', bytes: [...head, 0xff, 0xd9], message: /no tiles/ },
  ])('$name is refused', ({ bytes, message }) => {
    expect(() => jpeg2000Ends(Uint8Array.from(bytes))).toThrow(
      expect.objectContaining({ code: 'PIXELS_CORRUPT', message: expect.stringMatching(message) }),
    );
  });
});
