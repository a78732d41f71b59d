import { frameKey, type SourceImage } from '@maskwright/image';
import { type Edges, edgesOf } from './edges.ts';
import type { Masks } from './mask-layers.ts';
import { type Facts, factsOf } from './series-facts.ts';

/** What the viewer needs to know before it draws. */
export interface PictureDescription extends Facts {
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  readonly volume: boolean;
  /** Height of a pixel divided by its width. */
  readonly pixelAspect: number;
  /** Of each frame, or one for all where they are alike. */
  readonly edges: readonly (Edges | null)[];
  /** What each frame is of: two results of a series may not have the same slices. */
  readonly slices: readonly string[];
  /** Where a reader would look first: the frame (from 0) with most segments, in the middle of such frames. */
  readonly fullestFrame: number;
  readonly segments: readonly {
    readonly number: number;
    readonly label: string;
    readonly color: readonly [number, number, number];
    /** Frames (from 0, in the order of the stack) in which the mask has pixels. */
    readonly frames: readonly number[];
  }[];
  /** Whether masks were stored that the archive does not have: it cannot be seen of `segments` alone. */
  readonly isGone: boolean;
}

export function describePicture(source: SourceImage, { layers, isGone }: Masks): PictureDescription {
  const { rows, columns, frames, volume, dataset } = source;
  const keys = frames.map(({ instance, frameNumber }) => frameKey(instance.sopInstanceUID, frameNumber));
  return {
    ...factsOf(dataset),
    rows,
    columns,
    frames: frames.length,
    volume,
    pixelAspect: aspectOf(source),
    edges: edgesOf(frames),
    slices: keys,
    fullestFrame: fullest(keys.map((key) => layers.filter(({ slices }) => slices.has(key)).length)),
    segments: layers.map(({ number, label, color, slices }) => ({
      number,
      label,
      color,
      frames: keys.flatMap((key, index) => (slices.has(key) ? [index] : [])),
    })),
    isGone,
  };
}

function aspectOf({ frames }: SourceImage): number {
  const [rows, columns] = frames[0]?.geometry?.pixelSpacing ?? [1, 1];
  return rows > 0 && columns > 0 ? rows / columns : 1;
}

function fullest(counts: readonly number[]): number {
  const most = counts.reduce((a, b) => Math.max(a, b), 0);
  const best = counts.flatMap((count, index) => (count === most ? [index] : []));
  return best[Math.floor(best.length / 2)] ?? 0;
}
