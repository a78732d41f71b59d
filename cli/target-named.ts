import type { Target } from '@maskwright/catalogue';

/** Whether the words are a target's name or label, in letters and with dashes as a person or a file's name has them. */
export function isNamed({ name, label }: Target, words: string): boolean {
  return [name, label].some((one) => spelt(one) === spelt(words));
}

function spelt(words: string): string {
  return words
    .toLowerCase()
    .replaceAll(/[-_\s]+/g, ' ')
    .trim();
}
