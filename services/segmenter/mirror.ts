import type { RgbImage } from '@maskwright/image';
import type { Logits } from '@maskwright/model';

/** The image as a mirror shows it: each row's pixels in the other order. */
export function mirroredImage({ width, height, data }: RgbImage): RgbImage {
  const mirrored = new Uint8Array(data.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const from = 3 * (y * width + x);
      const to = 3 * (y * width + width - 1 - x);
      mirrored[to] = data[from] ?? 0;
      mirrored[to + 1] = data[from + 1] ?? 0;
      mirrored[to + 2] = data[from + 2] ?? 0;
    }
  return { width, height, data: mirrored };
}

/** What was said of the mirror image, back in the image's own columns. */
export function mirroredLogits({ width, height, data }: Logits): Logits {
  const mirrored = data.slice();
  for (let y = 0; y < height; y++) mirrored.subarray(y * width, (y + 1) * width).reverse();
  return { width, height, data: mirrored };
}

/** Whether the words would be false of the mirror image. */
export function namesSide(words: string): boolean {
  return /\b(left|right)\b/i.test(words);
}
