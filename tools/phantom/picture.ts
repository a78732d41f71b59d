import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';

/** An 8-bit image, one or three samples a pixel, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly samples: 1 | 3;
  readonly values: Uint8Array;
}

export function encodeJpeg({ width, height, samples, values }: Picture, quality = 92): Uint8Array {
  const data = new Uint8Array(width * height * 4).fill(255);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    for (let k = 0; k < 3; k += 1) data[pixel * 4 + k] = values[pixel * samples + (samples === 3 ? k : 0)] ?? 0;
  }
  return jpeg.encode({ width, height, data }, quality).data;
}

/** A mask of 0 and 1 as an 8-bit grey PNG of 0 and 255. A volume's slices stand under each other. */
export function encodeMask(mask: Uint8Array, width: number): Uint8Array {
  const png = new PNG({ width, height: mask.length / width, colorType: 0, inputColorType: 0, inputHasAlpha: false });
  png.data = Buffer.from(mask.map((value) => (value ? 255 : 0)));
  return PNG.sync.write(png, { colorType: 0, inputColorType: 0, inputHasAlpha: false });
}
