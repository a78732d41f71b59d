import { z } from 'zod';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'a sha256 in lower-case hexadecimal');
const checkedFile = z.strictObject({ file: z.string().min(1), sha256, bytes: z.int().positive() });
/** A file of a bundle as its manifest describes it; `file` is relative to the bundle's folder. */
export type CheckedFile = z.infer<typeof checkedFile>;

const positive = z.number().positive();
const triple = z.tuple([z.number(), z.number(), z.number()]);
const input = z.strictObject({
  width: z.int().positive(),
  height: z.int().positive(),
  channels: z.literal(3),
  /** The whole image to width × height, whatever its own proportions. */
  resize: z.literal('squash'),
  mean: triple,
  std: z.tuple([positive, positive, positive]),
});
export type ModelInput = z.infer<typeof input>;

const classOfVlsm = z.strictObject({
  name: z.string().min(1),
  family: z.string().min(1),
  /** Probability above which a pixel belongs to the structure. */
  threshold: z.number().gt(0).lt(1),
  /** A mask that covers less of the frame counts as nothing found. */
  minAreaFraction: z.number().min(0).lt(1),
});
const classWithChannel = classOfVlsm.extend({ channel: z.int().min(0) });

const common = {
  schema: z.literal('maskwright.bundle/1'),
  id: z.string().regex(/^[a-z0-9][a-z0-9._-]*$/i, 'letters, digits, dot, dash, underscore'),
  version: z.string().min(1),
  architecture: z.string(),
  researchUseOnly: z.boolean(),
  licence: z.string(),
  input,
  /** By family of images. */
  domain: z.record(z.string(), z.strictObject({ modalities: z.array(z.string().min(1)), feature: checkedFile })),
  metrics: z.array(
    z.strictObject({
      dataset: z.string(),
      target: z.string(),
      promptType: z.string(),
      n: z.int().min(0),
      dice: z.number(),
      diceLow: z.number(),
      diceHigh: z.number(),
    }),
  ),
  training: z.strictObject({
    data: z.array(
      z.strictObject({ name: z.string(), images: z.int().min(0), licence: z.string(), source: z.string() }),
    ),
    minutes: z.number(),
    seed: z.int(),
    date: z.string(),
    code: z.string(),
  }),
  notes: z.array(z.string()),
};

/** manifest.json of a bundle, schema maskwright.bundle/1; unknown keys are refused. */
export const manifestSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      ...common,
      kind: z.literal('vlsm'),
      /** Split: words once a prompt, features once an image. Whole: both go through one graph each time. */
      graphs: z.union([
        z.strictObject({ text: checkedFile, image: checkedFile, decoder: checkedFile }),
        z.strictObject({ whole: checkedFile }),
      ]),
      tokenizer: checkedFile.extend({ maxTokens: z.int().positive() }),
      classes: z.array(classOfVlsm),
    }),
    z.strictObject({
      ...common,
      kind: z.literal('conventional'),
      graphs: z.strictObject({ whole: checkedFile }),
      classes: z.array(classWithChannel),
    }),
  ])
  .superRefine(({ classes }, context) => {
    const seen = new Set<string>();
    for (const [index, { family, name }] of classes.entries()) {
      const key = `${family}/${name}`;
      if (seen.has(key)) context.addIssue({ code: 'custom', path: ['classes', index], message: `${key} comes twice` });
      seen.add(key);
    }
  })
  .superRefine((manifest, context) => {
    if (manifest.kind !== 'conventional') return;
    // Results are keyed by the structure's name, so a name has one channel in all families.
    const channels = new Map<string, number>();
    for (const [index, { name, channel }] of manifest.classes.entries()) {
      const before = channels.get(name) ?? channel;
      if (before !== channel)
        context.addIssue({
          code: 'custom',
          path: ['classes', index, 'channel'],
          message: `${name} has channel ${before} elsewhere`,
        });
      channels.set(name, before);
    }
  });
export type Manifest = z.infer<typeof manifestSchema>;
export type VlsmManifest = Extract<Manifest, { kind: 'vlsm' }>;
export type ConventionalManifest = Extract<Manifest, { kind: 'conventional' }>;
