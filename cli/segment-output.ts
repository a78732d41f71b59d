import path from 'node:path';
import type { Task } from '@maskwright/catalogue';
import { FOR_ALL, writeWhole } from '@maskwright/disk';
import { MaskwrightError } from '@maskwright/errors';
import type { SourceImage } from '@maskwright/image';
import { type BundleDigest, jobFor } from '@maskwright/queue';
import { encodeResult, type Segmented } from '@maskwright/segmenter';
import { maskNifti } from './mask-nifti.ts';
import { maskPngs } from './mask-png.ts';
import { slugs } from './slug.ts';

const FORMATS = ['seg', 'sr', 'key-image', 'presentation-state', 'png', 'nifti'] as const;
/** What speaks of the SEG or shows it, so that the SEG comes along. */
const OBJECTS = ['seg', 'sr', 'key-image', 'presentation-state'] as const;
export type Format = (typeof FORMATS)[number];

/** @throws MaskwrightError USAGE naming the one that is none */
export function parseFormats(list: string): ReadonlySet<Format> {
  return new Set(
    list.split(',').map((name) => {
      const format = FORMATS.find((one) => one === name.trim());
      if (!format) throw new MaskwrightError('USAGE', `--format ${name}: choose from ${FORMATS.join(', ')}`);
      return format;
    }),
  );
}

export interface Output {
  readonly folder: string;
  readonly formats: ReadonlySet<Format>;
  readonly bundleDigest: BundleDigest;
  /** A person's words, which belong to the identity of the SEG. */
  readonly words: string | undefined;
}

/** An input with the images that were segmented. */
export interface Segmentable {
  readonly name: string;
  readonly source: SourceImage;
  readonly picture?: SourceImage | undefined;
}

export interface Written {
  /** Names of the files. */
  readonly files: readonly string[];
  /** Why a format cannot hold these masks; the others are written. */
  readonly refused: readonly MaskwrightError[];
}

/** Writes the masks of one input, each file whole or not at all. A picture has no study, so it gets no DICOM objects. */
export async function writeMasks(input: Segmentable, task: Task, result: Segmented, output: Output): Promise<Written> {
  const files: string[] = [];
  const refused: MaskwrightError[] = [];
  for await (const { name, bytes } of filesOf(input, task, result, output, refused)) {
    await writeWhole(path.join(output.folder, name), bytes, FOR_ALL);
    files.push(name);
  }
  return { files, refused };
}

interface MaskFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

async function* filesOf(
  input: Segmentable,
  task: Task,
  { model, segments, assessment }: Segmented,
  { formats, bundleDigest, words }: Output,
  refused: MaskwrightError[],
): AsyncGenerator<MaskFile> {
  const { name, source, picture } = input;
  const [first] = source.frames;
  if (!model || !first) return;
  if (formats.has('png')) yield* maskPngs(name, segments);
  if (formats.has('nifti')) yield* niftiFiles(input, segments, refused);
  if (picture || !OBJECTS.some((object) => formats.has(object))) return;
  const { studyInstanceUID: study, seriesInstanceUID: series } = first.instance;
  const sources = source.frames.map(({ instance }) => instance.sopInstanceUID);
  const job = jobFor({ study, series, sources, task, lane: 'interactive', prompt: words }, bundleDigest);
  const { objects } = await encodeResult(
    {
      key: job.key,
      source,
      segments,
      algorithm: { name: model.id, version: model.version },
      assessment: assessment.reason,
      at: new Date(),
      task: task.id,
      seriesDescription: task.title,
    },
    {
      sr: formats.has('sr'),
      keyImage: formats.has('key-image'),
      presentationState: formats.has('presentation-state'),
      empty: 'seg',
    },
  );
  for (const { kind, file } of objects) yield { name: `${name}.${kind}.dcm`, bytes: file };
}

function niftiFiles(
  { name, source }: Segmentable,
  segments: Segmented['segments'],
  refused: MaskwrightError[],
): MaskFile[] {
  try {
    const structures = slugs(segments.map(({ target }) => target.name));
    return segments.map(({ mask }, index) => ({
      name: `${name}.${structures[index]}.nii.gz`,
      bytes: maskNifti(mask, source),
    }));
  } catch (error) {
    if (!(error instanceof MaskwrightError)) throw error;
    refused.push(error);
    return [];
  }
}
