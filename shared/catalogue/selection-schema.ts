import { z } from 'zod';
import { NEVER_SEGMENTED } from './never-segmented.ts';
import { VIEWS } from './projection.ts';
import type { Conditions } from './selection.ts';

const words = z.array(z.string().min(1)).min(1);
/** Short, and with few stars: matching takes pattern × text steps. */
const patterns = z.array(z.string().min(1).max(128)).min(1);
const uid = z.string().regex(/^[0-9.]{1,64}$/, 'not a UID');
const code = z.string().regex(/^[A-Za-z0-9]+:\S+$/, 'not a code such as SCT:80891009');
const modality = z
  .string()
  .regex(/^[A-Z0-9]{2,16}$/, 'not a modality such as CR')
  .refine((value) => !NEVER_SEGMENTED.includes(value), 'holds results, not images');
const view = z.array(z.enum(VIEWS)).min(1);

const bounds = { from: z.number().min(0).exactOptional(), to: z.number().min(0).exactOptional() };
const isRange = ({ from, to }: { from?: number; to?: number }) =>
  (from !== undefined || to !== undefined) && (from ?? 0) <= (to ?? Number.POSITIVE_INFINITY);
const RANGE = 'needs from or to, and from no greater than to';

const rules = {
  bodyPart: words.exactOptional(),
  bodyPartRequired: z.boolean().exactOptional(),
  anatomicRegion: z.array(code).min(1).exactOptional(),
  anyBodyPart: z.array(modality).min(1).exactOptional(),
  description: words.exactOptional(),
  imageType: words.exactOptional(),
  excludeImageType: words.exactOptional(),
  sopClass: z.array(uid).min(1).exactOptional(),
  excludeDescription: words.exactOptional(),
  descriptionPattern: patterns.exactOptional(),
  excludeDescriptionPattern: patterns.exactOptional(),
  view: view.exactOptional(),
  excludeView: view.exactOptional(),
  age: z
    .strictObject({ ...bounds, required: z.boolean().exactOptional() })
    .refine(isRange, RANGE)
    .exactOptional(),
  site: patterns.exactOptional(),
  callingAE: patterns.exactOptional(),
  slices: z.strictObject(bounds).refine(isRange, RANGE).exactOptional(),
};

const conditions: z.ZodType<Conditions> = z.lazy(() =>
  z
    .strictObject({ modality: z.array(modality).min(1).exactOptional(), ...rules, ...groups })
    .refine((value) => Object.keys(value).some((key) => key !== 'bodyPartRequired'), 'states no rule'),
);
const groups = {
  all: z.array(conditions).min(1).max(16).exactOptional(),
  any: z.array(conditions).min(1).max(16).exactOptional(),
  not: conditions.exactOptional(),
};

/** `select` of a task. */
export const selectionSchema = z.strictObject({ modality: z.array(modality).min(1), ...rules, ...groups });

/** `firstOf` of a task. */
export const firstOfSchema = z.strictObject({
  group: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'lower-case letters, digits and hyphens'),
  order: z.int(),
});
