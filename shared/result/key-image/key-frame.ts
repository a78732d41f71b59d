import { framePixels, type SourceImage } from '@maskwright/image';
import { isEmpty } from '../mask-words.ts';
import type { SegmentInput } from '../seg-input.ts';
import { unionOf } from '../source-pixels.ts';

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
    const shown = segments.map((segment) => framePixels(segment.mask, index)).filter((pixels) => !isEmpty(pixels));
    const pixels = shown.length > 0 ? unionOf(shown).reduce((sum, one) => sum + one, 0) : 0;
    if (pixels > most) [best, most] = [index, pixels];
  }
  return best;
}
