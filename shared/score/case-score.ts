import { diceOf, iouOf, overlapOf } from './overlap.ts';
import { surfaceScore } from './surface.ts';

/** Pixels: a border that is so near to the true one counts as right. */
export const NSD_TOLERANCE = 2;

/** frames × rows × columns of 0 or another value, C order. */
export interface ScoredMask {
  readonly frames: number;
  readonly rows: number;
  readonly columns: number;
  readonly data: Uint8Array;
}
export interface CaseScore {
  readonly dice: number;
  readonly iou: number;
  /** Pixels. */
  readonly hd95: number;
  readonly nsd: number;
}

/**
 * Dice and IoU over all frames together; border scores as the mean over the frames in which either mask shows something,
 * because a stack's distance between frames is not a number of pixels.
 * @throws RangeError where the masks differ in size
 */
export function scoreMask(truth: ScoredMask, found: ScoredMask): CaseScore {
  const { frames, rows, columns } = truth;
  if (frames !== found.frames || rows !== found.rows || columns !== found.columns)
    throw new RangeError(`masks of ${sizeOf(truth)} and ${sizeOf(found)}`);
  const overlap = overlapOf(truth.data, found.data);
  const plane = rows * columns;
  const sum = { hd95: 0, nsd: 0, frames: 0 };
  for (let frame = 0; frame < frames; frame++) {
    const [one, other] = [truth, found].map(({ data }) => data.subarray(frame * plane, (frame + 1) * plane));
    if (!one || !other || !(one.some(Boolean) || other.some(Boolean))) continue;
    const { hd95, nsd } = surfaceScore(one, other, rows, columns, NSD_TOLERANCE);
    sum.hd95 += hd95;
    sum.nsd += nsd;
    sum.frames++;
  }
  return {
    dice: diceOf(overlap),
    iou: iouOf(overlap),
    hd95: sum.frames === 0 ? 0 : sum.hd95 / sum.frames,
    nsd: sum.frames === 0 ? 1 : sum.nsd / sum.frames,
  };
}

function sizeOf({ frames, rows, columns }: ScoredMask): string {
  return `${frames} × ${rows} × ${columns}`;
}
