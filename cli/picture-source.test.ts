import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { describe, expect, test } from 'vitest';
import { decodePicture } from './picture-source.ts';

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
const greys = (bytes: Uint8Array) => [...decodePicture(bytes, 'a.png').data].filter((_, i) => i % 3 === 0);

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
    [
      'that says 20,000 × 20,000',
      20_000,
      20_000,
      'PIXELS_UNSUPPORTED',
      /a\.jpg is too large: more than 67108864 pixels/,
    ],
    ['whose data end before its height', 16, 4000, 'PIXELS_CORRUPT', /a\.jpg cannot be decoded/],
  ])('a JPEG %s is refused', (_, width, height, code, message) => {
    const bytes = jpeg.encode({ width: 16, height: 16, data: Buffer.alloc(16 * 16 * 4, 128) }).data;
    const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]));
    bytes.writeUInt16BE(height, frame + 5);
    bytes.writeUInt16BE(width, frame + 7);
    expect(() => decodePicture(bytes, 'a.jpg')).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });
});
