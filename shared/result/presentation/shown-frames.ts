import {
  type DisplayTransform,
  decodeFrame,
  displayTransformOf,
  framePixels,
  type SourceFrame,
  withGroupOf,
} from '@maskwright/image';
import { keyFrame } from '../key-image/key-frame.ts';
import { isEmpty } from '../mask-words.ts';
import type { PictureInput } from '../picture-input.ts';
import { onStoredValues } from './stored-window.ts';

/** A frame that a presentation state shows, for it has a mask. */
export interface ShownFrame {
  readonly frame: SourceFrame;
  /** 0-based among the source's frames. */
  readonly index: number;
  /** Undefined of colour. */
  readonly transform: DisplayTransform | undefined;
}
export interface ShownFrames {
  readonly frames: readonly ShownFrame[];
  /** Frames that have a mask but cannot be shown with the others. */
  readonly leftOut: number;
}

/**
 * The frames with a mask. A presentation state has one modality LUT for all its images (PS3.3 C.11.1): frames that are
 * rescaled differently (PET) get windows of their stored values instead; where that cannot be, only those are shown that are
 * as the one with the largest mask. A frame without window or VOI LUT is shown in the range that the one with the largest
 * mask is shown in: without one, viewers would show all values.
 * @throws MaskwrightError PIXELS_*
 */
export async function shownFrames({ source, segments }: PictureInput): Promise<ShownFrames> {
  const key = keyFrame(source, segments);
  const keyOne = key === undefined ? undefined : source.frames[key];
  if (!keyOne) return { frames: [], leftOut: 0 };
  const stated = displayTransformOf(datasetOf(keyOne));
  const lacks = stated !== undefined && stated.voi === undefined;
  const fallback = lacks ? displayTransformOf(datasetOf(keyOne), await decodeFrame(keyOne))?.voi : undefined;
  const masked = [...source.frames.entries()]
    .filter(([index]) => segments.some((segment) => !isEmpty(framePixels(segment.mask, index))))
    .map(([index, frame]): ShownFrame => {
      const transform = displayTransformOf(datasetOf(frame));
      return { frame, index, transform: transform && { ...transform, voi: transform.voi ?? fallback } };
    });
  return together(masked, key ?? 0);
}

function together(masked: readonly ShownFrame[], key: number): ShownFrames {
  const common = alike(masked, key);
  if (common.length === masked.length) return { frames: common, leftOut: 0 };
  const stored = masked.flatMap((shown): ShownFrame[] => {
    const transform = shown.transform && onStoredValues(shown.transform);
    return transform ? [{ ...shown, transform }] : [];
  });
  const frames = stored.length === masked.length ? alike(stored, key) : common;
  return { frames, leftOut: masked.length - frames.length };
}
/** Those with the same modality LUT and polarity as the frame of this index, colour being alike. */
function alike(frames: readonly ShownFrame[], key: number): ShownFrame[] {
  const wanted = commonOf(frames.find(({ index }) => index === key)?.transform);
  return frames.filter(({ transform }) => commonOf(transform) === wanted);
}

function datasetOf({ instance, frameNumber }: SourceFrame) {
  return withGroupOf(instance.dataset, frameNumber);
}

/** What all images of a presentation state have in common. */
function commonOf(transform: DisplayTransform | undefined): string {
  return transform ? digestOf([transform.modality ?? null, transform.inverse]) : 'colour';
}

/** The same for values that are the same. */
export function digestOf(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    ArrayBuffer.isView(one) ? Buffer.from(one.buffer).toString('base64') : one,
  );
}
