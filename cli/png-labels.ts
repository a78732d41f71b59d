import { severalColours, severalStructures } from './mask-labels.ts';

/** More values than that in one plane are no labels but greys. */
const MOST_LABELS = 32;

/**
 * Grey masks reach beyond the half of what 8 bits hold, or 16 where 8 do not hold their values; labels do not.
 * @param most the largest value
 * @throws MaskwrightError MASK_INVALID
 */
export function mustBeOneLabel(values: Float32Array, most: number, file: string): void {
  if (most > (most > 0xff ? 0xffff : 0xff) / 2) return;
  const labels = new Set<number>();
  for (const value of values) {
    if (!Number.isInteger(value)) return;
    if (value > 0) labels.add(value);
    if (labels.size > MOST_LABELS) return;
  }
  if (labels.size > 1) throw severalStructures(file, labels);
}

/** Pixels that are darker, as a share of the brightest, are background or too dark to tell their colour. */
const DARK = 1 / 4;
/** Shares of the brightest channel that differ by more are of another colour; of drawn edges and of noise they do not. */
const OTHER = 1 / 8;

/**
 * Colours tell structures apart; darker and lighter ones of one colour are the edges of one.
 * @param rgba as many values as fit its depth
 * @param values how bright each pixel is seen, `most` at most
 * @throws MaskwrightError MASK_INVALID
 */
export function mustBeOneColour(rgba: ArrayLike<number>, values: Float32Array, most: number, file: string): void {
  let first: readonly number[] | undefined;
  for (const [at, value] of values.entries()) {
    if (value <= most * DARK) continue;
    const colour = [0, 1, 2].map((channel) => rgba[4 * at + channel] ?? 0);
    first ??= colour;
    if (areOther(first, colour)) throw severalColours(file, [first, colour]);
  }
}

function areOther(one: readonly number[], other: readonly number[]): boolean {
  const [brightest, brightestOther] = [Math.max(...one), Math.max(...other)];
  // Each is rounded to a whole number.
  const rounding = 1 / brightest + 1 / brightestOther;
  return one.some((value, channel) => {
    return Math.abs(value / brightest - (other[channel] ?? 0) / brightestOther) > OTHER + rounding;
  });
}
