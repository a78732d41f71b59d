import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parsePart10 } from '@maskwright/dicom';
import { assembleSource, decodeFrame, type Mask, renderRgb, type SourceImage } from '@maskwright/image';
import { intensitiesOf, measureMasks } from '@maskwright/measure';
import type { PhantomStudy } from '@maskwright/phantom';
import { encodeSr, type SegStyle, segUids, srUids, writeSeg } from '@maskwright/result';
import { sharedFolder } from './needs.ts';
import { segInput } from './seg-input.ts';
import { segMasks } from './seg-masks.ts';

/** A study as an archive holds it: images, and results that we wrote of them. */
export interface ShownStudy {
  readonly studyInstanceUID: string;
  readonly source: SourceImage;
  /** Of the SEG that counts. */
  readonly masks: Readonly<Record<string, Mask>>;
  /** Part 10, in the order in which they are stored. */
  readonly images: readonly Uint8Array[];
  readonly results: readonly Uint8Array[];
}
type Masks = ShownStudy['masks'];

/** A phantom with its exact masks. */
export function phantomShown(phantom: PhantomStudy, style: SegStyle = {}): ShownStudy {
  return withSeg(opened(phantom.files.map(({ bytes }) => bytes)), exactMasks(phantom), style);
}

/** Real images with what is bright in them, on the left two thirds: whoever looks sees whether it is in its place. */
export async function brightShown(place: string): Promise<ShownStudy> {
  const study = opened(filesIn(place));
  return withSeg(study, { bright: await brightMask(study.source) });
}

/** Real images with the masks of another maker's SEG of them. */
export function referenceShown(place: string, reference: string): ShownStudy {
  const study = opened(filesIn(place));
  const [seg = new Uint8Array()] = filesIn(reference);
  const masks = segMasks(seg, study.source);
  return withSeg(study, Object.fromEntries(masks.map((mask, index) => [`reference ${index + 1}`, mask])));
}

/** A SEG and the report with its measurements. */
export async function reportShown(phantom: PhantomStudy): Promise<ShownStudy> {
  const study = phantomShown(phantom);
  const { source, masks, results } = study;
  const input = segInput(source, masks);
  const [seg] = results.map((bytes) => parsePart10(bytes));
  if (!seg) throw new Error('there is no SEG');
  const measurements = await measureMasks(source, Object.values(masks), intensitiesOf);
  const { trackingUIDs } = input.uids;
  const sr = encodeSr({ ...input, measurements, trackingUIDs, uids: srUids('shown'), seg });
  return { ...study, results: [...results, sr] };
}

/** Two versions of a result in one series: each structure of the first is the next one of the second. */
export function versionsShown(phantom: PhantomStudy): ShownStudy {
  const study = opened(phantom.files.map(({ bytes }) => bytes));
  const masks = exactMasks(phantom);
  const others = Object.values(masks);
  const mistaken = Object.keys(masks).map((name, index): [string, Mask] => {
    const other = others[(index + 1) % others.length];
    if (!other) throw new Error('there are no masks');
    return [name, other];
  });
  const earlier = writeSeg(segInput(study.source, Object.fromEntries(mistaken)));
  const { sopClassUID, sopInstanceUID, seriesInstanceUID } = parsePart10(earlier);
  const input = segInput(study.source, masks);
  const uids = { ...segUids(`later ${sopInstanceUID}`, input.segments.length), seriesInstanceUID };
  const replaces = { sopClassUID, sopInstanceUID };
  const version = { number: 2, replaces, series: { date: '20260102', time: '030405' } };
  return { ...study, masks, results: [earlier, writeSeg({ ...input, uids, version })] };
}

/** Labels of each frame of the source as a viewer holds them: the number of the segment, 0 outside. */
export function labelsByFrame({ source, masks }: ShownStudy): Uint8Array[] {
  const size = source.rows * source.columns;
  return source.frames.map((_, frame) => {
    const labels = new Uint8Array(size);
    for (const [index, { data }] of Object.values(masks).entries()) {
      for (let at = 0; at < size; at += 1) if (data[frame * size + at]) labels[at] = index + 1;
    }
    return labels;
  });
}

type Opened = Pick<ShownStudy, 'studyInstanceUID' | 'images' | 'source'>;

function opened(images: readonly Uint8Array[]): Opened {
  const source = assembleSource(images.map((bytes) => parsePart10(bytes)));
  return { studyInstanceUID: source.frames[0]?.instance.studyInstanceUID ?? '', images, source };
}

function withSeg(study: Opened, masks: Masks, style: SegStyle = {}): ShownStudy {
  return { ...study, masks, results: [writeSeg({ ...segInput(study.source, masks), style })] };
}

function exactMasks({ masks, shape: { slices: frames, rows, columns } }: PhantomStudy): Masks {
  return Object.fromEntries(Object.entries(masks).map(([name, data]) => [name, { frames, rows, columns, data }]));
}

function filesIn(place: string): Uint8Array[] {
  const full = path.join(sharedFolder, 'data/dicom', place);
  const names = statSync(full).isDirectory() ? readdirSync(full).map((name) => path.join(full, name)) : [full];
  return names.map((name) => readFileSync(name));
}

const BRIGHT = 140;

async function brightMask({ frames, rows, columns }: SourceImage): Promise<Mask> {
  const data = new Uint8Array(frames.length * rows * columns);
  for (const [index, frame] of frames.entries()) {
    const rgb = renderRgb(await decodeFrame(frame), frame.instance.dataset).data;
    for (let at = 0; at < rows * columns; at += 1) {
      const left = at % columns < (columns * 2) / 3;
      if (left && (rgb[at * 3] ?? 0) > BRIGHT) data[index * rows * columns + at] = 1;
    }
  }
  return { frames: frames.length, rows, columns, data };
}
