import { type DataSet, texts } from '@maskwright/dicom';
import { isLike } from './pattern.ts';
import { holdsWords, plainText } from './plain-text.ts';

export function wordIn(series: DataSet, keyword: string, words: readonly string[]): string | undefined {
  const value = plainText(series, keyword) ?? '';
  return words.find((word) => holdsWords(value, word));
}
export function imageTypes(series: DataSet): string[] {
  return texts(series, 'ImageType').map((value) => value.toUpperCase());
}
/** CHEST ABDOMEN, CHEST_ABDOMEN and CHESTABDOMEN are one. */
export function letters(value: string): string {
  return value
    .slice(0, 64)
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}
export function either(words: readonly string[]): string {
  return words.length > 4 ? `${words.slice(0, 4).join(', ')} or another of the task’s` : words.join(' or ');
}

/** The first of the attributes whose whole text is like one of the patterns. */
export function patternIn(series: DataSet, keywords: readonly string[], patterns: readonly string[]) {
  for (const keyword of keywords) {
    const value = plainText(series, keyword);
    const pattern = value === undefined ? undefined : patterns.find((one) => isLike(value, one));
    if (pattern !== undefined) return { keyword, pattern };
  }
  return undefined;
}
