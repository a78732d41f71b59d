import { datasetOf, type KeywordValues } from '@maskwright/dicom';
import { expect, test } from 'vitest';
import { decodeAll } from '../decode.ts';

function decoded(
  codestream: string,
  columns: number,
  bits: readonly [number, number, 0 | 1],
  more: KeywordValues = {},
) {
  const [BitsAllocated, BitsStored, PixelRepresentation] = bits;
  const dataset = datasetOf({
    Rows: 2,
    Columns: columns,
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    BitsAllocated,
    BitsStored,
    PixelRepresentation,
    ...more,
  });
  const pixelData = [Uint8Array.from(Buffer.from(codestream, 'base64'))];
  const source = { dataset, transferSyntaxUID: '1.2.840.10008.1.2.4.70', pixelData };
  return Array.fromAsync(decodeAll(source), ({ data }) => [...data]);
}

/** Lossless, two rows of four samples of eight bits (imagecodecs). */
const EIGHT_BITS = '/9j/xAAXAAEBAQEAAAAAAAAAAAAAAAAHCAED/8MACwgAAgAEAQARAP/aAAgBAAAGAACf9f3/AL9USQD/2Q==';
const VALUES = [0, 1, 128, 255, 7, 9, 200, 100];

test.each<[string, readonly [allocated: number, stored: number, sign: 0 | 1], number[]]>([
  ['eight', [8, 8, 0], VALUES],
  ['sixteen', [16, 8, 0], VALUES],
  ['sixteen, twelve of them stored', [16, 12, 0], VALUES],
  ['sixteen, with a sign', [16, 8, 1], [0, 1, -128, -1, 7, 9, -56, 100]],
  ['thirty-two', [32, 8, 0], VALUES],
])('JPEG of eight bits in BitsAllocated %s has all its values', async (_, bits, values) => {
  expect(await decoded(EIGHT_BITS, 4, bits)).toEqual([values]);
});

/** Lossless, 1234H, F830H, 8FFFH and 07FFH as DCMTK compresses them: with what lies above BitsStored. */
const SIXTEEN_BITS =
  '/9j/4AAQSkZJRgABAQAAAQABAAD/wwALEAACAAIBAREA/8QAFQABAQAAAAAAAAAAAAAAAAAADw3/2gAIAQEAAQAAEjOL9vuW8AH/2Q==';

test.each<[string, 0 | 1, KeywordValues, number[]]>([
  ['unsigned', 0, {}, [0x234, 0x830, 0xfff, 0x7ff]],
  ['signed', 1, {}, [0x234, -2000, -1, 0x7ff]],
  ['padding', 0, { PixelPaddingValue: 0xf830 }, [0x234, 0xf830, 0xfff, 0x7ff]],
])(
  'bits above BitsStored in lossless JPEG are no part of a value, as without compression: %s',
  async (_, sign, more, values) => {
    expect(await decoded(SIXTEEN_BITS, 2, [16, 12, sign], more)).toEqual([values]);
  },
);
