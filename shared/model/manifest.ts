import { z } from 'zod';
import { LARGEST_FILE } from './checked-file.ts';
import { conventionalRules, decoderRules, fileRules, uniqueClasses } from './manifest-rules.ts';

const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'a sha256 in lower-case hexadecimal')
  .describe('sha256 of the file, lower-case hexadecimal');
const checkedFile = z.strictObject({
  file: z.string().min(1).max(255).describe("Relative to the bundle's folder, and inside it"),
  sha256,
  bytes: z.int().positive().max(LARGEST_FILE),
});
/** A file of a bundle as its manifest describes it; `file` is relative to the bundle's folder. */
export type CheckedFile = z.infer<typeof checkedFile>;

/** Larger images than any of the architectures takes; a bound on memory. */
const LARGEST_SIDE = 4096;
const side = z.int().positive().max(LARGEST_SIDE);
const positive = z.number().positive();
const triple = z.tuple([z.number(), z.number(), z.number()]);
const size = {
  width: side.describe('Pixels'),
  height: side.describe('Pixels'),
};
const input = z.strictObject({
  ...size,
  channels: z.literal(3).describe('Red, green, blue'),
  resize: z.literal('squash').describe('The whole image to width × height, whatever its own proportions'),
  mean: triple.describe('Of each channel, in units of 0–255: (value − mean) / std goes into the graph'),
  std: z.tuple([positive, positive, positive]).describe('Of each channel, in units of 0–255'),
});
export type ModelInput = z.infer<typeof input>;

const code = z.strictObject({
  scheme: z.string().min(1).max(16).describe('Coding Scheme Designator, e.g. SCT'),
  value: z.string().min(1).max(16),
  meaning: z.string().min(1).max(64),
});
const classOfVlsm = z.strictObject({
  name: z.string().min(1).describe('The structure, as prompts name it'),
  family: z.string().min(1).describe('Family of images, e.g. chest-xray'),
  code: code.optional().describe('The structure as a coded concept (DICOM PS3.3 section 8)'),
  threshold: z
    .number()
    .gt(0)
    .lt(1)
    .describe('Probability above which a pixel belongs to the structure; without such a pixel the frame shows nothing'),
  temperature: z
    .number()
    .gt(0)
    .max(10)
    .optional()
    .describe(
      'Where given, unsure frames have a lower threshold: that of the greatest expected Dice by sigmoid(logit / temperature)',
    ),
  minAreaFraction: z
    .number()
    .min(0)
    .lt(1)
    .describe('Where less than this share of the frame is above the threshold, nothing counts as found'),
  shape: z
    .literal('ellipse')
    .optional()
    .describe("The structure is drawn as the ellipse with the centre and second moments of the mask's largest piece"),
});
const classWithChannel = classOfVlsm.extend({
  channel: z.int().min(0).describe("Of the graph's logits, counted from 0"),
});

const domain = z.strictObject({
  modalities: z.array(z.string().min(1)).describe('Values of Modality (0008,0060) that the training images stand for'),
  mirrored: z
    .boolean()
    .optional()
    .describe('The mirror image is asked too, and the mean of all answers counts; default: no'),
  turned: z
    .boolean()
    .optional()
    .describe(
      'The image turned by half a circle is asked too and, if `mirrored`, its mirror image; the mean of all answers counts; default: no',
    ),
  input: z
    .strictObject(size)
    .optional()
    .describe("Images of this family go into the graphs in this size; default: that of the bundle's `input`"),
  decoder: checkedFile
    .optional()
    .describe(
      "Of a conventional model that is split: decodes this family's images in place of the decoder of `graphs`",
    ),
  feature: checkedFile.describe('Statistics of the training images, for the distance of an image to them'),
});
const metric = z.strictObject({
  dataset: z.string(),
  target: z.string(),
  promptType: z.string(),
  n: z.int().min(0).describe('Images, none of them trained on'),
  dice: z.number().describe('Mean, 0–1'),
  diceLow: z.number().describe('Lower end of its 95 % interval'),
  diceHigh: z.number().describe('Upper end of its 95 % interval'),
});
const dataset = z.strictObject({
  name: z.string(),
  images: z.int().min(0),
  licence: z.string(),
  source: z.string(),
});

const common = {
  schema: z.literal('maskwright.bundle/1'),
  id: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'letters, digits, dot, dash, underscore')
    .max(64)
    .describe('By which tasks name the model'),
  version: z.string().min(1),
  architecture: z.string(),
  researchUseOnly: z.boolean(),
  licence: z.string().describe('Under which the weights may be used'),
  input,
  domain: z.record(z.string(), domain).describe('By family of images'),
  metrics: z.array(metric).describe('Measured on images that were kept out of the training'),
  training: z.strictObject({
    data: z.array(dataset),
    minutes: z.number(),
    seed: z.int(),
    date: z.string(),
    code: z.string().describe('What made the model'),
  }),
  notes: z.array(z.string()),
  calibration: checkedFile.optional().describe('Of the predicted Dice; written by `maskwright calibrate`'),
  documents: z
    .array(checkedFile)
    .optional()
    .describe('Files for people (card, licence text): checked and packed, never loaded'),
};

const vlsm = z.strictObject({
  ...common,
  kind: z.literal('vlsm').describe('Finds what a prompt describes'),
  graphs: z
    .union([
      z.strictObject({ text: checkedFile, image: checkedFile, decoder: checkedFile }),
      z.strictObject({ whole: checkedFile }),
    ])
    .describe('ONNX. Split: words once a prompt, features once an image; whole: both go through one graph each time'),
  tokenizer: checkedFile
    .extend({ maxTokens: z.int().positive().max(4096).describe('Marks for start and end among them') })
    .describe("The Hugging Face library's tokenizer.json"),
  classes: z.array(classOfVlsm),
  openVocabulary: z
    .boolean()
    .default(false)
    .describe('Whether its masks of structures that are not among the classes may be kept; otherwise a person looks'),
});
const conventional = z.strictObject({
  ...common,
  kind: z.literal('conventional').describe('A fixed list of structures and no prompt'),
  graphs: z
    .union([z.strictObject({ image: checkedFile, decoder: checkedFile }), z.strictObject({ whole: checkedFile })])
    .describe('ONNX. Split: features of the image, then the decoder of its family; whole: one graph for all families'),
  classes: z.array(classWithChannel),
});

const fields = z.discriminatedUnion('kind', [vlsm, conventional]);

/** manifest.json of a bundle, schema maskwright.bundle/1; unknown keys are refused. */
export const manifestSchema = fields
  .superRefine(uniqueClasses)
  .superRefine(conventionalRules)
  .superRefine(decoderRules)
  .superRefine(fileRules);
export type Manifest = z.infer<typeof manifestSchema>;
export type VlsmManifest = Extract<Manifest, { kind: 'vlsm' }>;
export type ConventionalManifest = Extract<Manifest, { kind: 'conventional' }>;

/** JSON Schema (draft 2020-12) of manifest.json. What it cannot say is in docs/bundles.md. */
export function manifestJsonSchema(): object {
  return { title: 'Maskwright model bundle, manifest.json', ...z.toJSONSchema(fields, { io: 'input' }) };
}

/** Every file that a manifest names, in the order of docs/bundles.md. */
export function filesOf(manifest: Manifest): CheckedFile[] {
  const { graphs, domain: domains, calibration, documents } = manifest;
  return [
    ...Object.values(graphs),
    ...(manifest.kind === 'vlsm' ? [manifest.tokenizer] : []),
    ...Object.values(domains).flatMap(({ decoder, feature }) => [...(decoder ? [decoder] : []), feature]),
    ...(calibration ? [calibration] : []),
    ...(documents ?? []),
  ];
}
