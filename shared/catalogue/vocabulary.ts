import { z } from 'zod';
import { holdsWords } from './plain-text.ts';

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
  /** As it stands in the words. */
  readonly said: string;
  readonly language: Language;
}

/**
 * The structure that a person's words name, of those given: by its own name or by one of its other names in any
 * language, whatever the case. The longest match wins, so that "left lung" is not taken for "lung"; of equally long ones the
 * first name.
 */
export function namedIn(words: string, names: readonly string[], vocabulary: Vocabulary): NamedIn | undefined {
  const text = words.normalize('NFC');
  const othersOf = new Map(Object.entries(vocabulary).map(([name, others]) => [name.toLowerCase(), others]));
  let best: NamedIn | undefined;
  for (const name of names) {
    const others = othersOf.get(name.toLowerCase());
    for (const language of LANGUAGES) {
      for (const said of [...(language === 'en' ? [name] : []), ...(others?.[language] ?? [])]) {
        if (said.length > (best?.said.length ?? 0) && holds(text, said)) best = { name, said, language };
      }
    }
  }
  return best;
}

/** Whole words only, except in scripts that do not divide them. */
function holds(text: string, words: string): boolean {
  return /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u.test(words)
    ? text.toLowerCase().includes(words.toLowerCase())
    : holdsWords(text, words);
}
