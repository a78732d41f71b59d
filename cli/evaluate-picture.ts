import type { Mask, RgbImage } from '@maskwright/image';
import { borderOf } from '@maskwright/score';
import { PNG } from 'pngjs';

const LONGEST_SIDE = 240;
const TRUE_BORDER = [64, 220, 120] as const;
const FOUND_BORDER = [255, 64, 64] as const;

/** The image with the true border in green and the found one in red, as a PNG in base64; of a stack the middle frame. */
export function borderPicture(image: RgbImage, truth: Mask, found: Uint8Array | undefined): string {
  const { width, height } = image;
  const middle = Math.min(truth.frames - 1, Math.floor(truth.frames / 2)) * width * height;
  const step = Math.max(1, Math.ceil(Math.max(width, height) / LONGEST_SIDE));
  const columns = Math.ceil(width / step);
  const rows = Math.ceil(height / step);
  const thinned = (data: Uint8Array | undefined) => {
    const small = new Uint8Array(rows * columns);
    for (let i = 0; data && i < small.length; i++) small[i] = data[middle + sourceOf(i)] ?? 0;
    return borderOf(small, rows, columns);
  };
  const sourceOf = (i: number) => Math.floor(i / columns) * step * width + (i % columns) * step;
  const borders = [
    [thinned(truth.data), TRUE_BORDER],
    [thinned(found), FOUND_BORDER],
  ] as const;
  const png = new PNG({ width: columns, height: rows });
  for (let i = 0; i < rows * columns; i++) {
    const colour = borders.findLast(([border]) => border[i])?.[1];
    for (let c = 0; c < 3; c++) png.data[4 * i + c] = colour?.[c] ?? image.data[3 * sourceOf(i) + c] ?? 0;
    png.data[4 * i + 3] = 255;
  }
  return PNG.sync.write(png, { colorType: 2 }).toString('base64');
}
