import { z } from 'zod';
import { VIEWS } from './projection.ts';
import { FAMILIES } from './task.ts';

/** Objects that hold results or plans, not images: no task may be asked to segment them. */
export const NEVER_SEGMENTED = [
  'SEG',
  'SR',
  'PR',
  'KO',
  'DOC',
  'RTSTRUCT',
  'RTPLAN',
  'RTDOSE',
  'REG',
  'FID',
  'RWV',
  'PLAN',
  'AU',
  'ECG',
  'ANN',
  'M3D',
];

const words = z.array(z.string().min(1)).min(1);
const uid = z.string().regex(/^[0-9.]{1,64}$/, 'not a UID');
const code = z.string().regex(/^[A-Za-z0-9]+:\S+$/, 'not a code such as SCT:80891009');
const modality = z
  .string()
  .regex(/^[A-Z0-9]{2,16}$/, 'not a modality such as CR')
  .refine((value) => !NEVER_SEGMENTED.includes(value), 'holds results, not images');

/** PS3.3 section 8.8; lengths of SH and LO. */
const concept = z.strictObject({
  value: z.string('quote the code').min(1).max(16),
  scheme: z.string().min(1).max(16),
  meaning: z.string().min(1).max(64),
});
const sRgb = z.int().min(0).max(255);

const target = z.strictObject({
  name: z.string().min(1).max(64),
  label: z.string().min(1).max(64),
  category: concept,
  type: concept,
  typeModifier: concept.exactOptional(),
  anatomicRegion: concept.exactOptional(),
  anatomicRegionModifier: concept.exactOptional(),
  color: z.tuple([sRgb, sRgb, sRgb]),
});

/** One file of catalogue/tasks/. */
export const taskSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'lower-case letters, digits and hyphens'),
  title: z.string().min(1),
  family: z.enum(FAMILIES),
  select: z.strictObject({
    modality: z.array(modality).min(1),
    bodyPart: words.exactOptional(),
    bodyPartRequired: z.boolean().exactOptional(),
    anatomicRegion: z.array(code).min(1).exactOptional(),
    anyBodyPart: z.array(modality).min(1).exactOptional(),
    description: words.exactOptional(),
    imageType: words.exactOptional(),
    excludeImageType: words.exactOptional(),
    sopClass: z.array(uid).min(1).exactOptional(),
    excludeDescription: words.exactOptional(),
    excludeView: z.array(z.enum(VIEWS)).min(1).exactOptional(),
  }),
  targets: z
    .array(target)
    .min(1)
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'two targets have the same name')
    .refine(
      (all) => new Set(all.map(({ color }) => color.join())).size === all.length,
      'two targets have the same colour',
    ),
  models: z.strictObject({ vlsm: z.string().min(1), conventional: z.string().min(1) }),
  window: z.strictObject({ center: z.number(), width: z.number().positive() }).exactOptional(),
  promptType: z.string().regex(/^P\d$/, 'a type is P0 to P9'),
});
