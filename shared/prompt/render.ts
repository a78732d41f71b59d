import type { Condition, Template, TemplatePart } from '@maskwright/catalogue';
import { numberWords } from './number-words.ts';

/** What the places of a template stand for; what is absent is missing. */
export type Words = ReadonlyMap<string, string>;

/** The sentence, or undefined where a word outside of every optional phrase is missing. */
export function render(template: Template, words: Words): string | undefined {
  return renderParts(template.parts, words);
}

function renderParts(parts: readonly TemplatePart[], words: Words): string | undefined {
  let text = '';
  for (const part of parts) {
    const rendered = renderPart(part, words);
    if (rendered === undefined) return undefined;
    text += rendered;
  }
  return text;
}

function renderPart(part: TemplatePart, words: Words): string | undefined {
  if (part.kind === 'words') return part.words;
  if (part.kind === 'choice') {
    for (const { condition, parts } of part.choices) {
      if (condition && !holds(condition, words)) continue;
      const said = renderParts(parts, words);
      if (said !== undefined) return said;
    }
    return '';
  }
  const value = words.get(part.name);
  if (value === undefined) return undefined;
  if (part.filter === 'words') return numberWords(Number(value));
  if (part.filter === 'title')
    return value.replace(/(^|[\s-])(\p{Ll})/gu, (_, gap: string, letter: string) => gap + letter.toUpperCase());
  if (part.filter === 'plural') return Number(words.get('number') ?? 1) > 1 ? `${value}s` : value;
  return value;
}

function holds({ name, operator, value }: Condition, words: Words): boolean {
  const word = words.get(name);
  if (word === undefined) return false;
  switch (operator) {
    case '=':
      return word === value;
    case '!=':
      return word !== value;
    case '<':
      return Number(word) < Number(value);
    case '<=':
      return Number(word) <= Number(value);
    case '>':
      return Number(word) > Number(value);
    case '>=':
      return Number(word) >= Number(value);
  }
}
