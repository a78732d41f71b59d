import { z } from 'zod';
import { firstOfSchema, selectionSchema } from './selection-schema.ts';
import { FAMILIES } from './task.ts';
import { templateSchema } from './template-schema.ts';

/** PS3.3 section 8.8; lengths of SH and LO. */
const concept = z.strictObject({
  value: z.string('quote the code').min(1).max(16),
  scheme: z.string().min(1).max(16),
  meaning: z.string().min(1).max(64),
});
const sRgb = z.int().min(0).max(255);

const promptType = z.string().regex(/^P\d$/, 'a type is P0 to P9');
const prompts = z.array(templateSchema).min(1).max(16);

const target = z.strictObject({
  name: z.string().min(1).max(64),
  label: z.string().min(1).max(64),
  category: concept,
  type: concept,
  typeModifier: concept.exactOptional(),
  anatomicRegion: concept.exactOptional(),
  anatomicRegionModifier: concept.exactOptional(),
  prompts: prompts.exactOptional(),
  color: z.tuple([sRgb, sRgb, sRgb]),
});

/** One file of catalogue/tasks/. */
export const taskSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'lower-case letters, digits and hyphens'),
  title: z.string().min(1),
  family: z.enum(FAMILIES),
  select: selectionSchema,
  firstOf: firstOfSchema.exactOptional(),
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
  promptType,
  prompts: prompts.exactOptional(),
  ensemble: z.array(promptType).min(1).exactOptional(),
  floor: z.number().min(0).max(1).exactOptional(),
  secondPass: promptType.exactOptional(),
});
