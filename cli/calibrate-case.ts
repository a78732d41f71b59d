import { CANDIDATES, type CalibrationCase, relativeDistance } from '@maskwright/assess';
import type { Catalogue } from '@maskwright/catalogue';
import type { SourceImage } from '@maskwright/image';
import type { BundleShelf } from '@maskwright/model';
import { diceOf, overlapOf } from '@maskwright/score';
import { compareModels, type Models } from '@maskwright/segmenter';
import { z } from 'zod';
import { requestOf } from './case-request.ts';
import type { ImageFiles } from './case-source.ts';
import type { Case } from './evaluate-cases.ts';
import { type Journal, keyOf } from './evaluate-journal.ts';
import { remembering } from './evaluate-models.ts';
import type { Asked } from './evaluate-target.ts';
import { readKnownCase } from './known-case.ts';
import { decodePicture, rgbSource } from './picture-source.ts';
import { shifted } from './shifted.ts';

const number = z.number();
const seen = z.object({ own: number, cross: number, peak: number, area: number, entropy: number, mirrored: number });
/** What the candidates made of one structure of one image. */
export const calibrationRecord = z.object({
  key: z.string(),
  case: z
    .object({
      image: z.string(),
      structure: z.string(),
      signals: z.object({ vlsm: seen, conventional: seen, agreement: z.number() }),
      distance: z.number(),
      vlsm: z.number(),
      conventional: z.number(),
      consensus: z.number(),
    })
    .nullable(),
});
export type CalibrationRecord = z.infer<typeof calibrationRecord>;

export interface Fitting {
  readonly catalogue: Catalogue;
  readonly shelf: BundleShelf;
  readonly models: Asked['task']['models'];
  readonly modelsFor: (task: { readonly models: Asked['task']['models'] }) => Promise<Models>;
  readonly journal: Journal<CalibrationRecord>;
}

const VERSION = 'maskwright.calibration/3';

/**
 * The case as it is and, of a picture, as other places might have made it; without what one of the models cannot draw.
 * @param seed chooses the shifts
 * @param shifts how many of them
 */
export async function calibrationCases(
  one: Case,
  { catalogue, shelf, models, modelsFor, journal }: Fitting,
  { seed, shifts }: { readonly seed: number; readonly shifts: number },
): Promise<CalibrationCase[]> {
  const { image, source, asked, attributes, truth, content } = await readKnownCase(one, catalogue, shelf);
  // Not the bundles' digests: this command itself changes them.
  const drawing = [models.vlsm, models.conventional].flatMap((id) => {
    const { manifest, domains } = shelf.get(id);
    const mirrored = domains.get(asked.task.family)?.mirrored ?? false;
    return [...Object.values(manifest.graphs).map(({ sha256 }) => sha256), String(mirrored)];
  });
  const found: CalibrationCase[] = [];
  for (const [variant, each] of [source, ...shiftedSources(image, seed, shifts)].entries()) {
    const key = keyOf(VERSION, ...content, ...drawing, String(variant === 0 ? 0 : seed + variant));
    let record = journal.find(key);
    if (!record) {
      const task = { ...asked.task, models };
      const request = requestOf(catalogue, { ...asked, task }, each, attributes, undefined);
      const { inference, assessment } = await compareModels(remembering(await modelsFor({ models })), request);
      const [vlsm, conventional, consensus] = CANDIDATES.map((kind) => inference[kind].masks[0]?.unpacked());
      const [signals] = inference.signals;
      const domain = shelf.get(models.vlsm).domains.get(task.family);
      const distance = relativeDistance(domain, assessment.distance ?? undefined);
      const dice = (data: Uint8Array) => diceOf(overlapOf(truth.data, data));
      const structure = `${task.family}/${asked.target.name}`;
      const known = vlsm && conventional && consensus && signals;
      const all = known && { vlsm: dice(vlsm), conventional: dice(conventional), consensus: dice(consensus) };
      record = { key, case: all ? { image: image.digest, structure, signals, distance, ...all } : null };
      await journal.add(record);
    }
    if (record.case) found.push(record.case);
  }
  return found;
}

function shiftedSources({ files, digest }: ImageFiles, seed: number, shifts: number): SourceImage[] {
  const [first] = files;
  const isPicture = first && files.length === 1 && /\.(png|jpe?g)$/i.test(first.file);
  if (!isPicture || shifts === 0) return [];
  const picture = decodePicture(first.bytes, first.file);
  return Array.from({ length: shifts }, (_, n) =>
    rgbSource(shifted(picture, seed + n + 1), `${digest} ${seed + n + 1}`),
  );
}
