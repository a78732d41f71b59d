import type { SourceImage } from '@maskwright/image';
import type { SegmentInput } from '../seg-input.ts';
import { framePixels } from '../source-pixels.ts';

/**
 * The frame that a key image shows: that with the most pixels in any segment, a pixel in two of them counting once; of
 * equals the first in the order of the source. Undefined where nothing was found.
 */
export function keyFrame(
  { frames }: Pick<SourceImage, 'frames'>,
  segments: readonly Pick<SegmentInput, 'mask'>[],
): number | undefined {
  let best: number | undefined;
  let most = 0;
  for (const index of frames.keys()) {
    const pixels = covered(segments.map((segment) => framePixels(segment, index)));
    if (pixels > most) [best, most] = [index, pixels];
  }
  return best;
}

function covered([first, ...others]: readonly Uint8Array[]): number {
  let count = 0;
  for (let at = 0; at < (first?.length ?? 0); at += 1) {
    if (first?.[at] || others.some((other) => other[at])) count += 1;
  }
  return count;
}
