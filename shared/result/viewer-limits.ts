import { framePixels } from '@maskwright/image';
import { isEmpty } from './mask-words.ts';
import type { SegmentInput, SegStyle } from './seg-input.ts';

interface ViewedSeg {
  readonly source: { readonly rows: number; readonly columns: number };
  readonly segments: readonly Pick<SegmentInput, 'mask'>[];
  readonly style?: SegStyle | undefined;
}

/**
 * What a viewer that hospitals use is known to draw wrongly of a right object, for those who will look at it.
 * OHIF 3.13 reads each frame of packed bits from a whole byte on (`docs/operations.md`, *In the viewer*).
 */
export function viewerLimits({ source, segments, style }: ViewedSeg): string[] {
  const { rows, columns } = source;
  const size = rows * columns;
  const packed = (style?.form ?? 'binary') === 'binary';
  if (!packed || size % 8 === 0 || shownFrames(segments) < 2) return [];
  return [
    `OHIF 3.13 draws a SEG of several frames of ${rows} × ${columns} pixels (no multiple of 8) in stripes; results.seg.form: labelmap is drawn right`,
  ];
}

function shownFrames(segments: ViewedSeg['segments']): number {
  const shown = segments.map((segment) => {
    const frames = Array.from({ length: segment.mask.frames }, (_, frame) => framePixels(segment.mask, frame));
    return frames.filter((pixels) => !isEmpty(pixels)).length;
  });
  return shown.reduce((sum, count) => sum + count, 0);
}
