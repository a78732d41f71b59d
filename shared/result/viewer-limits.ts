import type { SegInput } from './seg-input.ts';

/**
 * What a viewer that hospitals use is known to draw wrongly of a right object, for those who will look at it.
 * OHIF 3.13 reads each frame of packed bits from a whole byte on (`docs/operations.md`, *In the viewer*).
 */
export function viewerLimits({ source, segments, style }: Pick<SegInput, 'source' | 'segments' | 'style'>): string[] {
  const { rows, columns } = source;
  const size = rows * columns;
  const packed = (style?.form ?? 'binary') === 'binary';
  if (!packed || size % 8 === 0 || shownFrames(segments, size) < 2) return [];
  return [
    `OHIF 3.13 draws a SEG of several frames of ${rows} × ${columns} pixels (no multiple of 8) in stripes; results.seg.form: labelmap is drawn right`,
  ];
}

function shownFrames(segments: SegInput['segments'], size: number): number {
  const shown = segments.map(({ mask }) => {
    const frames = Array.from({ length: mask.frames }, (_, frame) =>
      mask.data.subarray(frame * size, (frame + 1) * size),
    );
    return frames.filter((frame) => frame.includes(1)).length;
  });
  return shown.reduce((sum, count) => sum + count, 0);
}
