import type { RgbImage } from '@maskwright/image';

/** Pixels of one segment and the colour that they get. */
export interface Layer {
  /** Of the image's size; what is not 0 belongs to it. */
  readonly pixels: Uint8Array;
  /** sRGB, 0–255. */
  readonly color: readonly [number, number, number];
}

/** Share of the colour inside: the image stays readable. */
const FILL = 0.25;
/** A line of one pixel on 512; a radiograph of 3000 is shown smaller than it is. */
const PIXELS_A_LINE = 512;

/**
 * The image with the layers laid on: inside a breath of their colour, and along their inner edge, holes too, a line in full
 * colour. What lies in no layer stays as it is.
 * @returns width × height × 3, row by row
 */
export function burnIn({ data, width, height }: RgbImage, layers: readonly Layer[]): Uint8Array {
  const burnt = Uint8Array.from(data);
  for (const { pixels, color } of layers) paint(burnt, color, FILL, (at) => pixels[at] !== 0, pixels.length);
  const thickness = Math.max(1, Math.round(Math.max(width, height) / PIXELS_A_LINE));
  for (const { pixels, color } of layers) {
    const inner = eroded(pixels, width, height, thickness);
    paint(burnt, color, 1, (at) => pixels[at] !== 0 && inner[at] === 0, pixels.length);
  }
  return burnt;
}

function paint(
  image: Uint8Array,
  color: Layer['color'],
  share: number,
  isWanted: (pixel: number) => boolean,
  pixels: number,
): void {
  for (let at = 0; at < pixels; at += 1) {
    if (!isWanted(at)) continue;
    for (let sample = 0; sample < 3; sample += 1) {
      const before = image[at * 3 + sample] ?? 0;
      image[at * 3 + sample] = Math.round(before + ((color[sample] ?? 0) - before) * share);
    }
  }
}

/** Pixels that are further from the outside, and from the edge of the image, than so many steps. */
function eroded(pixels: Uint8Array, width: number, height: number, steps: number): Uint8Array {
  let left = pixels;
  for (let step = 0; step < steps; step += 1) {
    const before = left;
    left = new Uint8Array(before.length);
    for (let row = 1; row < height - 1; row += 1) {
      for (let at = row * width + 1; at < (row + 1) * width - 1; at += 1) {
        const stays = before[at] && before[at - 1] && before[at + 1] && before[at - width] && before[at + width];
        if (stays) left[at] = 1;
      }
    }
  }
  return left;
}
