import { MaskwrightError } from '@maskwright/errors';
import type { Mask } from '@maskwright/image';
import { PNG } from 'pngjs';
import { severalStructures } from './mask-labels.ts';
import { isPng } from './picture-kind.ts';
import { mustBeSmall } from './picture-size.ts';

/**
 * A mask of one plane: above the half of the largest value, so that masks of 0 and 1 are read as well as those of 0 and 255, and
 * the grey edges of drawn or compressed ones. What is transparent is background.
 * @throws MaskwrightError MASK_INVALID naming the file
 */
export function maskOfPng(bytes: Uint8Array, file: string): Mask {
  const { width, height, depth, palette, data } = readPng(bytes, file);
  const values = shownValues(data, width * height);
  // Fewer bits hold greys as small as labels.
  if (depth >= 8 || palette) mustBeOneStructure(values, file);
  const most = values.reduce((largest, value) => Math.max(largest, value), 0);
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
function shownValues(rgba: ArrayLike<number>, pixels: number): Float32Array {
  const colour = (at: number) => Math.max(rgba[4 * at] ?? 0, rgba[4 * at + 1] ?? 0, rgba[4 * at + 2] ?? 0);
  const opacity = (at: number) => rgba[4 * at + 3] ?? 0;
  const each = (value: (at: number) => number) => Float32Array.from({ length: pixels }, (_, at) => value(at));
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (let at = 0; at < pixels; at++) {
    least = Math.min(least, opacity(at));
    most = Math.max(most, opacity(at));
  }
  if (least === most) return each(colour);
  const seen = each((at) => (colour(at) * opacity(at)) / most);
  return seen.some((value) => value > 0) ? seen : each(opacity);
}

/** Grey masks reach beyond the half of what 8 bits hold, labels do not. */
const LARGEST_LABEL = 127;
/** More values than that in one plane are no labels but greys. */
const MOST_LABELS = 32;

/** @throws MaskwrightError MASK_INVALID */
function mustBeOneStructure(values: Float32Array, file: string): void {
  const labels = new Set<number>();
  for (const value of values) {
    if (value > LARGEST_LABEL || !Number.isInteger(value)) return;
    if (value > 0) labels.add(value);
    if (labels.size > MOST_LABELS) return;
  }
  if (labels.size > 1) throw severalStructures(file, labels);
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
