import type { RgbImage } from '@maskwright/image';

/** Pixels of one segment and the colour that they get. */
export interface Layer {
  /** Of the image's size, 0 or 1 each. */
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
  for (const { pixels, color } of layers) paint(burnt, pixels, color, FILL);
  const thickness = Math.max(1, Math.round(Math.max(width, height) / PIXELS_A_LINE));
  for (const { pixels, color } of layers) paint(burnt, edgeOf(pixels, width, height, thickness), color, 1);
  return burnt;
}

function paint(image: Uint8Array, pixels: Uint8Array, color: Layer['color'], share: number): void {
  const last = pixels.lastIndexOf(1);
  for (let at = pixels.indexOf(1); at >= 0 && at <= last; at += 1) {
    if (!pixels[at]) continue;
    for (let sample = 0; sample < 3; sample += 1) {
      const before = image[at * 3 + sample] ?? 0;
      image[at * 3 + sample] = Math.round(before + ((color[sample] ?? 0) - before) * share);
    }
  }
}

/** Pixels of a layer that are no further than so many steps from what is outside of it, or of the image. */
function edgeOf(pixels: Uint8Array, width: number, height: number, steps: number): Uint8Array {
  let inner = pixels;
  for (let step = 0; step < steps; step += 1) inner = eroded(inner, width, height);
  return pixels.map((one, at) => one & ~(inner[at] ?? 0));
}

/** Without the pixels that touch the outside, or the edge of the image. */
function eroded(pixels: Uint8Array, width: number, height: number): Uint8Array {
  const left = new Uint8Array(pixels.length);
  const first = Math.max(1, Math.floor(pixels.indexOf(1) / width));
  const last = Math.min(height - 2, Math.floor(pixels.lastIndexOf(1) / width));
  for (let row = first; row <= last; row += 1) {
    for (let at = row * width + 1; at < (row + 1) * width - 1; at += 1) {
      if (pixels[at] && pixels[at - 1] && pixels[at + 1] && pixels[at - width] && pixels[at + width]) left[at] = 1;
    }
  }
  return left;
}
