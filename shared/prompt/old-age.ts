import { type Attribute, type Prompt, said } from './attributes.ts';
import { numberWords } from './number-words.ts';

/** The oldest age that names nobody: older ones are one category (45 CFR 164.514(b)(2)(i)(C), HIPAA's Safe Harbor). */
const OLDEST_TOLD = 89;

/** The value as it stands in a sentence, but an age over 89 as `over 89`: for whoever keeps it outside the archive. */
export function toldValue(one: Attribute): string {
  return isOld(one) ? `over ${OLDEST_TOLD}` : said(one);
}

/** The prompt's words, but an age over 89 in figures or words as `over 89`: for whoever keeps them outside the archive. */
export function toldText({ text, attributes }: Pick<Prompt, 'text' | 'attributes'>): string {
  const ages = attributes.filter(isOld).map(({ value }) => Number(value));
  return ages.reduce((told, age) => {
    const forms = [String(age), numberWords(age)].map((form) => RegExp.escape(form)).join('|');
    const aged = new RegExp(`(?<![\\p{L}\\p{N}])(?:(a)n? )?(?:${forms})(?![\\p{L}\\p{N}])`, 'giu');
    return told.replace(aged, (_, a?: string) => `${a ? `${a}n ` : ''}over ${OLDEST_TOLD}`);
  }, text);
}

function isOld({ name, value }: Attribute): boolean {
  return name === 'age' && Number(value) > OLDEST_TOLD;
}
