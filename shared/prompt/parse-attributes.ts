import type { FamilyTemplates } from '@maskwright/catalogue';
import { MaskwrightError } from '@maskwright/errors';
import { z } from 'zod';
import type { Attribute, AttributeName } from './attributes.ts';

/** Letters, digits and the few signs that words have; no line breaks, no markup, no more than a phrase. */
const phrase = z
  .string()
  .max(120)
  .regex(/^[\p{L}\p{M}\p{N} ,.;:?!'’()/&+%-]*$/u, 'only letters, digits, spaces and common punctuation may stand here');
const phrases = z.array(phrase).max(50);

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
    cycle: phrase.nullish().describe('diastole or systole'),
    sex: phrase.nullish().describe('female or male'),
    age: z.int().min(0).max(150).nullish().describe('Years'),
    quality: phrase.nullish().describe('good, medium or poor'),
    malignancy: phrase.nullish().describe('benign or malignant'),
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
    const attributes = Object.entries(parsed.data).flatMap(([key, value]) =>
      attributeOf(key, value, templates, origin),
    );
    if (!templates.defaultClass && !attributes.some(({ name }) => name === 'class')) {
      throw new MaskwrightError('USAGE', `${where}: class: family ${templates.family} needs one`);
    }
    return attributes;
  });
}

function attributeOf(
  key: string,
  value: string | number | readonly string[] | null | undefined,
  templates: FamilyTemplates,
  origin: string,
): Attribute[] {
  const name = NAMES[key];
  const parts = (Array.isArray(value) ? value : [value]).filter(
    (part) => part !== null && part !== undefined && part !== '',
  );
  if (!name || parts.length === 0) return [];
  const known = synonym(templates, name);
  return [{ name, value: parts.map((part) => known(String(part))).join(', '), source: 'human', origin }];
}

function synonym(templates: FamilyTemplates, name: AttributeName): (value: string) => string {
  const table = Object.entries(templates.synonyms[name] ?? {});
  return (value) => table.find(([other]) => other.toLowerCase() === value.toLowerCase())?.[1] ?? value;
}

const NAMES: Readonly<Record<string, AttributeName>> = {
  class: 'class',
  number: 'number',
  size: 'size',
  color: 'color',
  shape: 'shape',
  locations: 'location',
  view: 'view',
  cycle: 'cycle',
  sex: 'sex',
  age: 'age',
  quality: 'quality',
  malignancy: 'malignancy',
  findings: 'findings',
};
