import { type CodedConcept, type DataSet, text } from '@maskwright/dicom';

/** LO holds at most 64 characters (PS3.5 section 6.2); the field exceeds it, an attack exceeds it by far. */
const LONGEST = 256;
/** Control, bidirectional and zero-width characters, and what looks like markup: nothing that a modality writes. */
const SUSPICIOUS = /[\p{Cc}\p{Cf}\u2028\u2029]|<\s*[a-z!/?]/iu;

/** Printable ASCII without `<`, as nearly all headers are: seen at once to be plain. */
const ORDINARY = /^[ -;=-~]*$/;

/** Whether a header's text may be looked at for words. */
export function isPlain(value: string): boolean {
  return value.length <= LONGEST && (ORDINARY.test(value) || !SUSPICIOUS.test(value));
}

/** An attribute's text where it is plain, else undefined. */
export function plainText(dataset: DataSet, keyword: string): string | undefined {
  const value = text(dataset, keyword);
  return value !== undefined && isPlain(value) ? value : undefined;
}

/** Whether `words` (one or several) stand in the text as whole words, without regard to case. */
export function holdsWords(value: string, words: string): boolean {
  return holdsAny(value, [words]);
}
export function holdsAny(value: string, anyOf: readonly string[]): boolean {
  if (value === '') return false;
  const text = ` ${spelt(value)} `;
  return anyOf.some((words) => text.includes(` ${spelt(words)} `));
}
function spelt(value: string): string {
  return (value.match(WORD) ?? []).join(' ').toLowerCase();
}
/** What is neither letter nor number divides words. */
const WORD = /[\p{L}\p{N}]+/gu;

/** A word of a text in small letters, and which of the text's UTF-16 units it takes: `end` is the first after it. */
export interface Word {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}
export function wordsOf(text: string): Word[] {
  return Array.from(text.matchAll(WORD), ({ 0: word, index }) => ({
    word: word.toLowerCase(),
    start: index,
    end: index + word.length,
  }));
}

/** `SCT:80891009`: how the catalogue names a code. */
export function codeKey({ scheme, value }: CodedConcept): string {
  return `${scheme}:${value}`;
}
