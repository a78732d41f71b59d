import { z } from 'zod';
import { type Word, wordsOf } from './plain-text.ts';

/** ISO 639-1 codes of the languages in which structures may be named. */
export const LANGUAGES = ['en', 'de', 'es', 'fr', 'it', 'ja', 'nl', 'pt', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

/** What else a structure is called: name in the tasks → language → words. */
export const vocabularySchema = z.record(
  z.string().min(1).max(64),
  z.partialRecord(z.enum(LANGUAGES), z.array(z.string().min(1).max(64)).min(1)),
);
export type Vocabulary = Readonly<z.infer<typeof vocabularySchema>>;

export interface NamedIn {
  readonly name: string;
  readonly language: Language;
  /** The person's words up to where it is named, and from there on; in Unicode's composed form. */
  readonly before: string;
  readonly after: string;
}

/**
 * The structure that a person's words name, of those given: by its own name or by one of its other names in any
 * language, whatever the case. The longest match wins, so that "left lung" is not taken for "lung"; of equally long ones the
 * first name.
 */
export function namedIn(words: string, names: readonly string[], vocabulary: Vocabulary): NamedIn | undefined {
  const text = words.normalize('NFC');
  const spoken = wordsOf(text);
  const othersOf = new Map(Object.entries(vocabulary).map(([name, others]) => [name.toLowerCase(), others]));
  let best: NamedIn | undefined;
  let longest = 0;
  for (const name of names) {
    const others = othersOf.get(name.toLowerCase());
    for (const language of LANGUAGES) {
      for (const said of [...(language === 'en' ? [name] : []), ...(others?.[language] ?? [])]) {
        const place = said.length > longest ? placeOf(said, text, spoken) : undefined;
        if (!place) continue;
        longest = said.length;
        best = { name, language, before: text.slice(0, place.start), after: text.slice(place.end) };
      }
    }
  }
  return best;
}

/** Where words stand first: whole ones only, whatever is between them, except in scripts that do not divide them. */
function placeOf(said: string, text: string, spoken: readonly Word[]): Pick<Word, 'start' | 'end'> | undefined {
  if (/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u.test(said)) {
    const place = new RegExp(RegExp.escape(said), 'iu').exec(text);
    return place ? { start: place.index, end: place.index + place[0].length } : undefined;
  }
  const sought = wordsOf(said);
  const at = spoken.findIndex((_, from) => sought.every(({ word }, next) => spoken[from + next]?.word === word));
  const [first, last] = [spoken[at], spoken[at + sought.length - 1]];
  return first && last && sought.length > 0 ? { start: first.start, end: last.end } : undefined;
}
