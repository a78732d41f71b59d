import type { Target } from '@maskwright/catalogue';

/** Whether the words are a target's name or label, in letters and with dashes as a person or a file's name has them. */
export function isNamed({ name, label }: Target, words: string): boolean {
  const said = words.toLowerCase().replaceAll(/[-_]+/g, ' ').trim();
  return name === said || label.toLowerCase() === said;
}
