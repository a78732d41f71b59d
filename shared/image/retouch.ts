import { resizeRgb } from './resize.ts';
import type { RgbImage } from './source.ts';

/**
 * How usual images are lit: of red, green and blue each the values (0–255) below which 0, 1/32, 2/32 … all of the pixels
 * lie, ascending.
 */
export type Light = readonly (readonly number[])[];
/** Values of each channel of a `Light`. */
export const LIGHT_VALUES = 33;

/**
 * What may be done to an image before a model sees it again: its light made that of usual images, the same after its
 * inversion, or its fine detail (noise, glare, the blocks of a coarse export) taken away.
 */
export const RETOUCHES = ['levelled', 'inverted', 'smoothed'] as const;
export type Retouch = (typeof RETOUCHES)[number];

/** Details of fewer pixels of the retouched image are smoothed away. */
const SMOOTHED = 3.5;

/**
 * Nothing moves, so a mask of the retouched image is a mask of the image.
 * @param side of the result, which is squashed to a square as the models see it, in pixels
 */
export function retouched(image: RgbImage, retouch: Retouch, light: Light, side: number): RgbImage {
  const square = resizeRgb(image, side, side);
  switch (retouch) {
    case 'levelled':
      return levelled(square, light);
    case 'inverted':
      return levelled({ ...square, data: square.data.map((value) => 255 - value) }, light);
    case 'smoothed': {
      const coarse = Math.max(1, Math.round(side / SMOOTHED));
      return resizeRgb(resizeRgb(square, coarse, coarse), side, side);
    }
  }
}

/** Histogram matching, each channel by itself: a value goes where the usual images have as many darker pixels. */
function levelled({ width, height, data }: RgbImage, light: Light): RgbImage {
  const tables = light.map((usual, channel) => {
    const counts = new Uint32Array(256);
    for (let at = channel; at < data.length; at += 3) {
      const value = data[at] ?? 0;
      counts[value] = (counts[value] ?? 0) + 1;
    }
    let darker = 0;
    return Uint8ClampedArray.from(counts, (count) => {
      const rank = (3 * (darker + count / 2)) / data.length;
      darker += count;
      return valueAt(usual, rank);
    });
  });
  return { width, height, data: data.map((value, at) => tables[at % 3]?.[value] ?? value) };
}

/** @param rank 0–1 */
function valueAt(usual: readonly number[], rank: number): number {
  const place = rank * (usual.length - 1);
  const below = Math.floor(place);
  const low = usual[below] ?? 0;
  const high = usual[below + 1] ?? low;
  return low + (place - below) * (high - low);
}
