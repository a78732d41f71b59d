import { z } from 'zod';
import { FAMILIES } from './task.ts';
import { templateSchema } from './template-schema.ts';

const word = z.string().min(1).max(200);

/** How prompts of a family of images are worded. One YAML file under catalogue/prompts/ each. */
export const familyTemplatesSchema = z.strictObject({
  family: z.enum(FAMILIES),
  /** Where the wording comes from. */
  source: word,
  /** Class where none is given. */
  defaultClass: word.exactOptional(),
  /** Prompts are sentences: the first letter is a capital. */
  sentence: z.boolean().default(false),
  /** General descriptions of a class, one wording each: what `{description}` stands for. */
  descriptions: z.record(z.string(), z.array(word).min(1)).default({}),
  /** Said instead of every type but P0 where `number` is 0. */
  none: templateSchema.exactOptional(),
  /** Other spellings of an attribute's values. */
  synonyms: z.record(z.string(), z.record(z.string(), word)).default({}),
  /** Words that follow from an attribute, for `{name}` in a template. */
  derived: z.record(z.string(), z.strictObject({ from: word, words: z.record(z.string(), word) })).default({}),
  /** P0, P1, … in rising order, each with its wordings. */
  types: z.record(z.string().regex(/^P\d$/, 'a type is P0 to P9'), z.array(templateSchema).min(1)),
});
export type FamilyTemplates = Readonly<z.infer<typeof familyTemplatesSchema>>;
