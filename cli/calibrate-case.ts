import { CANDIDATES, type CalibrationCase, relativeDistance } from '@maskwright/assess';
import type { Catalogue } from '@maskwright/catalogue';
import { RETOUCHES, type RgbImage, type SourceImage } from '@maskwright/image';
import type { BundleShelf, Domain } from '@maskwright/model';
import { diceOf, overlapOf } from '@maskwright/score';
import { type Look, lookAt, retouchedLooks } from '@maskwright/segmenter';
import { z } from 'zod';
import { requestOf } from './case-request.ts';
import type { Case } from './evaluate-cases.ts';
import { type Journal, keyOf } from './evaluate-journal.ts';
import type { ModelsFor } from './evaluate-models.ts';
import type { Asked } from './evaluate-target.ts';
import { readKnownCase } from './known-case.ts';
import { rgbSource } from './picture-source.ts';
import { shifted } from './shifted.ts';

const number = z.number();
const seen = z.object({ own: number, cross: number, peak: number, area: number, entropy: number, mirrored: number });
/** What the candidates made of one structure of one image, in each look. */
export const calibrationRecord = z.object({
  key: z.string(),
  looks: z.array(
    z.object({
      image: z.string(),
      copy: z.int(),
      structure: z.string(),
      retouch: z.enum(RETOUCHES).nullable(),
      signals: z.object({ vlsm: seen, conventional: seen, agreement: z.number() }),
      distance: z.number(),
      vlsm: z.number(),
      conventional: z.number(),
      consensus: z.number(),
    }),
  ),
});
export type CalibrationRecord = z.infer<typeof calibrationRecord>;

export interface Fitting {
  readonly catalogue: Catalogue;
  readonly shelf: BundleShelf;
  readonly models: Asked['task']['models'];
  readonly modelsFor: ModelsFor;
  readonly journal: Journal<CalibrationRecord>;
}

const VERSION = 'maskwright.calibration/8';

/**
 * The case as it is and, of a picture, as other places might have made it, each also retouched; without what one of the
 * models cannot draw.
 * @param seed chooses the shifts
 * @param shifts how many of them
 */
export async function calibrationCases(
  one: Case,
  { catalogue, shelf, models, modelsFor, journal }: Fitting,
  { seed, shifts }: { readonly seed: number; readonly shifts: number },
): Promise<CalibrationCase[]> {
  const { image, source, picture, asked, attributes, truth, content } = await readKnownCase(one, catalogue, shelf);
  // Not the bundles' digests: this command itself changes them.
  const drawing = [models.vlsm, models.conventional].flatMap((id) => {
    const { manifest, rule } = shelf.get(id);
    return [
      ...Object.values(manifest.graphs).map(({ sha256 }) => sha256),
      JSON.stringify([manifest.input, manifest.kind === 'vlsm' ? manifest.tokenizer : null]),
      JSON.stringify(manifest.domain[asked.task.family] ?? {}),
      JSON.stringify(rule(asked.task.family, asked.target.name)),
    ];
  });
  const found: CalibrationCase[] = [];
  for (const [variant, each] of [source, ...shiftedSources(picture, image.digest, seed, shifts)].entries()) {
    const key = keyOf(VERSION, ...content, ...drawing, String(variant === 0 ? 0 : seed + variant));
    let record = journal.find(key);
    if (!record) {
      const task = { ...asked.task, models };
      const request = requestOf(catalogue, { ...asked, task }, each, attributes, undefined);
      const pair = await modelsFor({ models });
      const asIs = await lookAt(pair, request);
      const looks = [asIs, ...(await Array.fromAsync(retouchedLooks(pair, request, asIs)))];
      const domain = shelf.get(models.vlsm).domains.get(task.family);
      const structure = `${task.family}/${asked.target.name}`;
      const common = { image: image.digest, copy: variant, structure };
      record = {
        key,
        looks: looks.flatMap((look) => seenIn(look, truth.data, domain).map((of) => ({ ...common, ...of }))),
      };
      await journal.add(record);
    }
    found.push(...record.looks.map((look) => ({ ...look, group: one.group ?? look.image })));
  }
  return found;
}

function seenIn({ inference, assessment }: Look, truth: Uint8Array, domain: Domain | undefined) {
  const [vlsm, conventional, consensus] = CANDIDATES.map((kind) => inference[kind].masks[0]?.unpacked());
  const [signals] = inference.signals;
  if (!vlsm || !conventional || !consensus || !signals) return [];
  const dice = (data: Uint8Array) => diceOf(overlapOf(truth, data));
  return [
    {
      retouch: assessment.retouch,
      signals,
      distance: relativeDistance(domain, assessment.distance ?? undefined),
      vlsm: dice(vlsm),
      conventional: dice(conventional),
      consensus: dice(consensus),
    },
  ];
}

function shiftedSources(picture: RgbImage | undefined, digest: string, seed: number, shifts: number): SourceImage[] {
  if (!picture) return [];
  return Array.from({ length: shifts }, (_, n) =>
    rgbSource(shifted(picture, seed + n + 1), `${digest} ${seed + n + 1}`),
  );
}
