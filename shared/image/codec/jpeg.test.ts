import { datasetOf } from '@maskwright/dicom';
import { expect, test } from 'vitest';
import { decodeAll } from '../decode.ts';

/** Lossless, two rows of four samples of eight bits (imagecodecs). */
const EIGHT_BITS = '/9j/xAAXAAEBAQEAAAAAAAAAAAAAAAAHCAED/8MACwgAAgAEAQARAP/aAAgBAAAGAACf9f3/AL9USQD/2Q==';
const VALUES = [0, 1, 128, 255, 7, 9, 200, 100];

test.each<[string, readonly [allocated: number, stored: number, sign: 0 | 1], number[]]>([
  ['eight', [8, 8, 0], VALUES],
  ['sixteen', [16, 8, 0], VALUES],
  ['sixteen, twelve of them stored', [16, 12, 0], VALUES],
  ['sixteen, with a sign', [16, 8, 1], [0, 1, -128, -1, 7, 9, -56, 100]],
  ['thirty-two', [32, 8, 0], VALUES],
])('JPEG of eight bits in BitsAllocated %s has all its values', async (_, [allocated, stored, sign], values) => {
  const dataset = datasetOf({
    Rows: 2,
    Columns: 4,
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    BitsAllocated: allocated,
    BitsStored: stored,
    PixelRepresentation: sign,
  });
  const pixelData = [Uint8Array.from(Buffer.from(EIGHT_BITS, 'base64'))];
  const source = { dataset, transferSyntaxUID: '1.2.840.10008.1.2.4.70', pixelData };
  expect(await Array.fromAsync(decodeAll(source), ({ data }) => [...data])).toEqual([values]);
});
