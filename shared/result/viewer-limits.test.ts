import { describe, expect, test } from 'vitest';
import type { SegForm } from './seg-input.ts';
import { viewerLimits } from './viewer-limits.ts';

/** @param marked which segment shows a pixel on which frame */
function given(rows: number, columns: number, marked: readonly (readonly number[])[], form?: SegForm) {
  const frames = 3;
  const segments = marked.map((shown) => {
    const data = new Uint8Array(frames * rows * columns);
    for (const frame of shown) data[frame * rows * columns] = 1;
    return { mask: { frames, rows, columns, data } };
  });
  return { source: { rows, columns }, segments, style: { form } };
}

describe('a SEG that OHIF draws in stripes is told of', () => {
  test.each<[string, ReturnType<typeof given>, number]>([
    ['two frames of 9 × 9', given(9, 9, [[0, 1]]), 1],
    ['two segments on one frame of 9 × 9', given(9, 9, [[0], [0]]), 1],
    ['one frame of 9 × 9', given(9, 9, [[1], []]), 0],
    ['two frames of 8 × 9', given(8, 9, [[0, 1]]), 0],
    ['a label map of 9 × 9', given(9, 9, [[0, 1]], 'labelmap'), 0],
    ['probabilities of 9 × 9', given(9, 9, [[0, 1]], 'fractional'), 0],
  ])('%s', (_, input, warnings) => {
    expect(viewerLimits(input)).toHaveLength(warnings);
  });
});
