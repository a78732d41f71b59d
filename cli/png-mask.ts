import { MaskwrightError } from '@maskwright/errors';
import type { Mask } from '@maskwright/image';
import { PNG } from 'pngjs';
import { isPng } from './picture-kind.ts';
import { mustBeSmall } from './picture-size.ts';
import { mustBeOneColour, mustBeOneLabel } from './png-labels.ts';

/**
 * A mask of one plane: above the half of the largest value, so that masks of 0 and 1 are read as well as those of 0 and 255, and
 * the grey edges of drawn or compressed ones. What is transparent is background.
 * @throws MaskwrightError MASK_INVALID naming the file
 */
export function maskOfPng(bytes: Uint8Array, file: string): Mask {
  const { width, height, depth, palette, data } = readPng(bytes, file);
  const { values, coloured } = shownPixels(data, width * height);
  const most = values.reduce((largest, value) => Math.max(largest, value), 0);
  // Fewer bits hold greys as small as labels.
  if (depth >= 8 || palette) mustBeOneLabel(values, most, file);
  if (coloured) mustBeOneColour(data, values, most, file);
  return {
    frames: 1,
    rows: height,
    columns: width,
    data: Uint8Array.from(values, (value) => Number(value > most / 2)),
  };
}

/**
 * The largest of red, green and blue of each pixel, as far as it is opaque; where all that is seen is black, how opaque it is.
 * An opacity that is everywhere the same says nothing.
 * @param rgba as many values as fit its depth
 */
function shownPixels(rgba: ArrayLike<number>, pixels: number) {
  const colours = new Float32Array(pixels);
  let coloured = false;
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (let at = 0; at < pixels; at++) {
    const [red, green, blue, opacity] = [
      rgba[4 * at] ?? 0,
      rgba[4 * at + 1] ?? 0,
      rgba[4 * at + 2] ?? 0,
      rgba[4 * at + 3] ?? 0,
    ];
    colours[at] = Math.max(red, green, blue);
    coloured ||= red !== green || green !== blue;
    least = Math.min(least, opacity);
    most = Math.max(most, opacity);
  }
  if (least === most) return { values: colours, coloured };
  const opacities = Float32Array.from(colours, (_, at) => rgba[4 * at + 3] ?? 0);
  const seen = colours.map((colour, at) => (colour * (opacities[at] ?? 0)) / most);
  return seen.some((value) => value > 0) ? { values: seen, coloured } : { values: opacities, coloured: false };
}

/** Values as they are stored: scaled to 8 bits, a 16-bit mask of 0 and 1 would be all 0. */
function readPng(bytes: Uint8Array, file: string) {
  if (!isPng(bytes)) throw new MaskwrightError('MASK_INVALID', `${file} is no PNG`);
  mustBeSmall(bytes, file, 'MASK_INVALID');
  try {
    return PNG.sync.read(Buffer.from(bytes), { skipRescale: true });
  } catch (cause) {
    throw new MaskwrightError('MASK_INVALID', `${file} cannot be decoded`, { cause });
  }
}
