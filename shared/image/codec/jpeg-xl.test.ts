import { datasetOf } from '@maskwright/dicom';
import { describe, expect, test } from 'vitest';
import { decodeAll } from '../decode.ts';
import { jpegXlHeader } from './jpeg-xl-header.ts';

/** A codestream of 64 × 64 whose ImageMetadata begins with these bits, in the order in which they are read. */
function headed(metadata: string): Uint8Array {
  const bits = `1 11100 100 ${metadata}`.replaceAll(' ', '');
  const bytes = (bits.padEnd(96, '0').match(/.{8}/g) ?? []).map((byte) =>
    Number.parseInt([...byte].reverse().join(''), 2),
  );
  return Uint8Array.from([0xff, 0x0a, ...bytes]);
}

describe('what a JPEG XL codestream claims', () => {
  test.each<[string, string, number, number]>([
    ['all defaults', '1', 3, 8],
    ['gray of 12 bits', '0 0 0 01 1 00 0 0 0 10', 1, 12],
    ['gray of 14 bits with an ICC profile', '0 0 0 11 101100 1 00 0 0 1 10', 1, 14],
    ['colour of 8 bits', '0 0 0 00 1 00 1 1', 3, 8],
    ['gray that is meant for another size', '0 1 000 1 1 00000 100 0 0 0 00 1 00 0 0 0 10', 1, 8],
  ])('%s', (_, metadata, samples, bits) => {
    expect(jpegXlHeader(headed(metadata))).toEqual({ rows: 64, columns: 64, samples, bits });
  });

  test.each<[string, string]>([
    ['floating point', '0 0 1'],
    ['channels beside', '0 0 0 00 1 10'],
    ['a preview', '0 1 000 0 1 0'],
    ['several frames', '0 1 000 0 0 1'],
  ])('%s is refused by name', (name, metadata) => {
    expect(() => jpegXlHeader(headed(metadata))).toThrow(
      expect.objectContaining({ code: 'PIXELS_UNSUPPORTED', message: expect.stringContaining(name) }),
    );
  });
});

/** Two by two, lossless, made with libjxl (imagecodecs). */
const GRAY_3 = '/woIECwExY0IBAEAKABLGIsVQqGh0aCR';
const GRAY_8 = '/woIEBAUNwIIBAEAMABLGIsVwkmmwDQAiAA=';
const GRAY_12 = '/woIEBgULQIIBAEANABLGIsVwmm2wDQAQJAA';
const GRAY_16 =
  'AAAADEpYTCANCocKAAAAFGZ0eXBqeGwgAAAAAGp4bCAAAAAJanhsbAoAAAAlanhsY/8KCBD8AEWLCAQBADwASxiLFUKKBqJFgwKABekB';
const COLOUR_8 = '/woIEBAJCAQBAFQASxiLFcIJbFwX+AJBAJCZMEm6OgoB';
const GRAY_AND_ALPHA = '/woIELAobgQIEBAAVABLGIsVwglsXBf4AgcACAAyE3Z2FAI=';

function decoded(codestream: string, bitsAllocated: number, samples = 1): Promise<number[][]> {
  const dataset = datasetOf({
    Rows: 2,
    Columns: 2,
    SamplesPerPixel: samples,
    PhotometricInterpretation: samples === 3 ? 'RGB' : 'MONOCHROME2',
    BitsAllocated: bitsAllocated,
    BitsStored: bitsAllocated,
    PixelRepresentation: 0,
  });
  const pixelData = [Uint8Array.from(Buffer.from(codestream, 'base64'))];
  const source = { dataset, transferSyntaxUID: '1.2.840.10008.1.2.4.110', pixelData };
  return Array.fromAsync(decodeAll(source), ({ data }) => [...data]);
}

test.each<[string, string, number, number[]]>([
  ['three bits', GRAY_3, 8, [0, 1, 4, 7]],
  ['eight bits', GRAY_8, 8, [0, 1, 128, 255]],
  ['eight bits in sixteen', GRAY_8, 16, [0, 1, 128, 255]],
  ['twelve bits', GRAY_12, 16, [0, 1, 2048, 4095]],
  ['sixteen bits', GRAY_16, 16, [0, 1, 2048, 65535]],
])('JPEG XL of %s has the values that were encoded', async (_, codestream, bitsAllocated, values) => {
  expect(await decoded(codestream, bitsAllocated)).toEqual([values]);
});

test.each<[string, string, number, number, string, RegExp]>([
  ['sixteen bits in eight', GRAY_16, 8, 1, 'PIXELS_CORRUPT', /codestream of 16 bits in BitsAllocated 8/],
  ['colour where gray is said', COLOUR_8, 8, 1, 'PIXELS_CORRUPT', /2 × 2 × 3, not 2 × 2 × 1/],
  ['gray where colour is said', GRAY_8, 8, 3, 'PIXELS_CORRUPT', /2 × 2 × 1, not 2 × 2 × 3/],
  ['gray with transparency', GRAY_AND_ALPHA, 8, 1, 'PIXELS_UNSUPPORTED', /channels beside its colours/],
])('JPEG XL of %s is refused by name', async (_, codestream, bitsAllocated, samples, code, message) => {
  await expect(decoded(codestream, bitsAllocated, samples)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message),
  });
});
