import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { describe, expect, test } from 'vitest';
import { blockJpeg, blocksOf, withOrientation } from '../test/support/turned-jpeg.ts';
import { decodePicture, pictureSource } from './picture-source.ts';

const SIDE = 20;
/** Even steps from left to right, as an 8-bit picture has them. */
const ramp = Array.from({ length: SIDE * SIDE }, (_, i) => 20 + 10 * (i % SIDE));

/** @param colorType 0 grey, 2 RGB */
function png(bitDepth: 8 | 16, colorType: 0 | 2, value: (level: number) => number): Uint8Array {
  const image = new PNG({ width: SIDE, height: SIDE });
  const samples = ramp.flatMap((level) => [value(level), value(level), value(level), 2 ** bitDepth - 1]);
  image.data = bitDepth === 16 ? Buffer.from(Uint16Array.from(samples).buffer) : Buffer.from(samples);
  return PNG.sync.write(image, { bitDepth, colorType, inputColorType: 6 });
}
const greys = (bytes: Uint8Array) => [...decodePicture(bytes, 'a.png').shown.data].filter((_, i) => i % 3 === 0);

describe('pictures', () => {
  test.each([
    ['12 bits of 16', 16],
    ['all 16 bits', 257],
    ['3 bits of 16', 0.03],
  ])('a grey picture of %s is shown in the range of its own values', (_, factor) => {
    const values = greys(png(16, 0, (level) => Math.round(level * factor)));
    const stored = ramp.map((level) => Math.round(level * factor));
    const [least, most] = [Math.min(...stored), Math.max(...stored)];
    expect(values).toEqual(stored.map((value) => Math.round((255 * (value - least)) / (most - least))));
  });

  test.each([
    ['8 bits', png(8, 0, (level) => level)],
    ['8 bits and colour', png(8, 2, (level) => level)],
    ['16 bits and colour', png(16, 2, (level) => 257 * level)],
  ])('a picture of %s is shown as it is', (_, bytes) => {
    expect(greys(bytes)).toEqual(ramp);
  });

  test.each([
    ['that says 20,000 × 20,000', 20_000, 20_000, /a\.jpg is too large: more than 67108864 pixels/],
    ['whose data end before its height', 16, 4000, /a\.jpg cannot be decoded/],
  ])('a JPEG %s is refused', (_, width, height, message) => {
    const bytes = jpeg.encode({ width: 16, height: 16, data: Buffer.alloc(16 * 16 * 4, 128) }).data;
    const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]));
    bytes.writeUInt16BE(height, frame + 5);
    bytes.writeUInt16BE(width, frame + 7);
    expect(() => decodePicture(bytes, 'a.jpg')).toThrow(
      expect.objectContaining({ code: 'PICTURE_INVALID', message: expect.stringMatching(message) }),
    );
  });

  // Of blocks in different greys, A to F.
  test.each([
    [1, 'ABC/DEF'],
    [2, 'CBA/FED'],
    [3, 'FED/CBA'],
    [4, 'DEF/ABC'],
    [5, 'AD/BE/CF'],
    [6, 'DA/EB/FC'],
    [7, 'FC/EB/DA'],
    [8, 'CF/BE/AD'],
    [9, 'ABC/DEF'],
  ])('a JPEG of EXIF orientation %i is shown as viewers show it', (orientation, expected) => {
    for (const little of [true, false]) {
      const bytes = withOrientation(blockJpeg(['ABC', 'DEF']), orientation, little);
      const { shown, stored } = decodePicture(bytes, 'a.jpg');
      expect(blocksOf(stored)).toBe('ABC/DEF');
      expect(blocksOf(shown)).toBe(expected);
    }
  });

  test('what is segmented is the picture as viewers show it', () => {
    const bytes = withOrientation(blockJpeg(['ABC', 'DEF']), 6);
    const { shown } = decodePicture(bytes, 'a.jpg');
    const { rows, columns, frames } = pictureSource(bytes, 'a.jpg');
    expect({ rows, columns }).toEqual({ rows: shown.height, columns: shown.width });
    expect(frames[0]?.instance.pixelData).toEqual([shown.data]);
  });

  test('a broken EXIF segment turns nothing', () => {
    const bytes = withOrientation(blockJpeg(['AB']), 6);
    const directory = bytes.indexOf('II*') + 4;
    bytes.writeUInt32LE(0xffff_fff0, directory);
    expect(blocksOf(decodePicture(bytes, 'a.jpg').shown)).toBe('AB');
  });
});
