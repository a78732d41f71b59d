import { datasetOf } from '@maskwright/dicom';
import { expect, test } from 'vitest';
import { decodeAll } from '../decode.ts';

/** SOC and SIZ of 2 × 2 samples of 20 bits, and as much of a tile as is never looked at. */
const TWENTY_BITS =
  '/0//UQApAAAAAAACAAAAAgAAAAAAAAAAAAAAAgAAAAIAAAAAAAAAAAABEwEB/1IADAAAAAEAAAQEAAH/kAAKAAAAAAAAAAH/kw==';

test.each([
  ['JPEG 2000', '90'],
  ['HTJ2K', '201'],
])('%s of more than 16 bits is refused by name: its decoder would cut them off', async (_, syntax) => {
  const dataset = datasetOf({
    Rows: 2,
    Columns: 2,
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    BitsAllocated: 32,
    BitsStored: 20,
    PixelRepresentation: 0,
  });
  const pixelData = [Uint8Array.from(Buffer.from(TWENTY_BITS, 'base64'))];
  const source = { dataset, transferSyntaxUID: `1.2.840.10008.1.2.4.${syntax}`, pixelData };
  await expect(Array.fromAsync(decodeAll(source))).rejects.toMatchObject({
    code: 'PIXELS_UNSUPPORTED',
    message: expect.stringMatching(/samples of 20 bits/),
  });
});
