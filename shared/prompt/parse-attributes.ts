import type { FamilyTemplates } from '@maskwright/catalogue';
import { MaskwrightError } from '@maskwright/errors';
import { z } from 'zod';
import { type Attribute, attribute } from './attributes.ts';

/** Letters, digits and the few signs that words have; no line breaks, no markup, no more than a phrase. */
const phrase = z
  .string()
  .max(120)
  .regex(/^[\p{L}\p{M}\p{N} ,.;:?!'’()/&+%-]*$/u, 'only letters, digits, spaces and common punctuation may stand here');
const phrases = z.array(phrase).max(50);

/** One of a few words, whatever their case; with the short forms that people write. */
function oneOf<const Word extends string>(...words: readonly [Word, ...Word[]]) {
  const known = (value: unknown) => {
    if (typeof value !== 'string') return value;
    const word = value.trim().toLowerCase();
    return word === '' ? null : Object.hasOwn(SHORT, word) ? SHORT[word] : word;
  };
  return z.preprocess(known, z.enum(words).nullish());
}
const SHORT: Readonly<Record<string, string>> = {
  ed: 'diastole',
  'end diastole': 'diastole',
  'end-diastole': 'diastole',
  es: 'systole',
  'end systole': 'systole',
  'end-systole': 'systole',
  f: 'female',
  woman: 'female',
  m: 'male',
  man: 'male',
};

/** What a person or another system may say of an image; `null`, an empty text and an empty list count as absent. */
export const attributesSchema = z
  .strictObject({
    class: phrase.nullish().describe('What is to be segmented, e.g. polyp, left lung'),
    number: z.int().min(0).max(999).nullish().describe('How many; 0: none'),
    size: phrase.nullish(),
    color: phrase.nullish(),
    shape: phrase.nullish(),
    locations: phrases.nullish().describe('Places in the image, one a part, e.g. top left'),
    view: phrase.nullish().describe('e.g. frontal, two-chamber'),
    cycle: oneOf('diastole', 'systole').describe('End of the cycle; ED and ES are understood'),
    sex: oneOf('female', 'male'),
    age: z.int().min(0).max(150).nullish().describe('Completed years'),
    quality: oneOf('good', 'medium', 'poor'),
    malignancy: oneOf('benign', 'malignant'),
    findings: phrases.nullish().describe('Other findings that are present'),
  })
  .describe('Attributes of an image (the paper’s); what is absent is left out of the sentence');
const oneOrMany = z.union([attributesSchema, z.array(attributesSchema).max(10_000)]);

/** JSON Schema of what `parseAttributes` takes. */
export function attributesJsonSchema(): object {
  return z.toJSONSchema(oneOrMany);
}

/**
 * Attributes from JSON of a person: one object or an array of them.
 * @param json parsed JSON
 * @param templates of the family: synonyms of values, and whether a class must be named
 * @param origin where it came from, for provenance and messages
 * @throws MaskwrightError USAGE naming each wrong key
 */
export function parseAttributes(json: unknown, templates: FamilyTemplates, origin: string): Attribute[][] {
  const list: unknown[] = Array.isArray(json) ? json : [json];
  return list.map((entry, index) => {
    const where = Array.isArray(json) ? `${origin}, entry ${index}` : origin;
    const parsed = attributesSchema.safeParse(entry);
    if (!parsed.success) {
      const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'top level'}: ${message}`);
      throw new MaskwrightError('USAGE', `${where}: ${faults.join('; ')}`);
    }
    const attributes = attributesOf(parsed.data, templates, origin);
    if (!templates.defaultClass && !attributes.some(({ name }) => name === 'class')) {
      throw new MaskwrightError('USAGE', `${where}: class: family ${templates.family} needs one`);
    }
    return attributes;
  });
}

type Given = z.infer<typeof attributesSchema>;

function attributesOf(given: Given, templates: FamilyTemplates, origin: string): Attribute[] {
  const word = (name: string, value: string) => synonym(templates, name, value);
  const words = (name: string, values: readonly string[]) =>
    values.filter((value) => value !== '').map((value) => word(name, value));
  const readings: readonly (Attribute | undefined)[] = [
    ...(['class', 'size', 'color', 'shape', 'view'] as const).map((name) => {
      const value = given[name];
      return value ? attribute(name, word(name, value), 'human', origin) : undefined;
    }),
    ...(['number', 'age'] as const).map((name) => {
      const value = given[name];
      return value === null || value === undefined ? undefined : attribute(name, value, 'human', origin);
    }),
    ...(['cycle', 'sex', 'quality', 'malignancy'] as const).map((name) => {
      const value = given[name];
      return value ? attribute(name, value, 'human', origin) : undefined;
    }),
    given.locations?.length ? attribute('location', words('location', given.locations), 'human', origin) : undefined,
    given.findings?.length ? attribute('findings', words('findings', given.findings), 'human', origin) : undefined,
  ];
  return readings.filter((one) => one !== undefined);
}

function synonym(templates: FamilyTemplates, name: string, value: string): string {
  const table = Object.entries(templates.synonyms[name] ?? {});
  return table.find(([other]) => other.toLowerCase() === value.toLowerCase())?.[1] ?? value;
}
