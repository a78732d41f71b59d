import type { FamilyTemplates, Template } from '@maskwright/catalogue';
import { type Attribute, said } from './attributes.ts';
import { render, type Words } from './render.ts';

/** What the templates' places stand for: the attributes, and the words that follow from them. */
export function wordsOf(templates: FamilyTemplates, attributes: readonly Attribute[]): Words {
  const words = new Map<string, string>(attributes.map((one) => [one.name, said(one)]));
  for (const [name, { from, words: meanings }] of Object.entries(templates.derived)) {
    const word = own(meanings, words.get(from));
    if (word) words.set(name, word);
  }
  return words;
}

/** Every wording of a type, each once. */
export function wordingsOf(templates: FamilyTemplates, words: Words, type: string): string[] {
  const wordings = new Set<string>();
  for (const template of saysNone(templates, words, type) ?? templates.types[type] ?? []) {
    for (const each of descriptionsFor(templates, template, words)) {
      const text = render(template, each) ?? '';
      wordings.add(templates.sentence ? text.charAt(0).toUpperCase() + text.slice(1) : text);
    }
  }
  return [...wordings];
}

/** What is said, whatever the type, where there is none of what is looked for. */
export function saysNone(templates: FamilyTemplates, words: Words, type: string): readonly Template[] | undefined {
  return words.get('number') === '0' && templates.none && type !== 'P0' ? [templates.none] : undefined;
}

/** One set of words, or as many as the class has descriptions where the template has a place for one. */
function descriptionsFor(templates: FamilyTemplates, template: Template, words: Words): readonly Words[] {
  const all = own(templates.descriptions, words.get('class'));
  if (!all || !words.has('description') || !template.names.includes('description')) return [words];
  return all.map((description) => new Map([...words, ['description', description]]));
}

/** A record's own entry: words such as `constructor` come from outside. */
export function own<Value>(record: Readonly<Record<string, Value>>, key: string | undefined): Value | undefined {
  return key !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}
