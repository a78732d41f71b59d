import type { Catalogue, FamilyTemplates, Target, Task, Template } from '@maskwright/catalogue';
import type { DataSet } from '@maskwright/dicom';
import type { Attribute, Prompt } from './attributes.ts';
import { extractAttributes } from './extract.ts';
import { render, type Words } from './render.ts';

/** `{p0: [...], p1: [...], …}`: every wording of each type of the family. */
export type AllPrompts = Readonly<Record<string, readonly string[]>>;

/** The prompt of a target in a series: attributes of its metadata, worded as the task aims at. */
export function promptFor(catalogue: Catalogue, dataset: DataSet, task: Task, target: Target): Prompt {
  const { attributes, warnings } = extractAttributes(dataset, task, target);
  const prompt = buildPrompt(catalogue.templates(task.family), attributes, task.promptType);
  return { ...prompt, warnings: [...warnings, ...prompt.warnings] };
}

/**
 * Words the attributes as the wanted type (P0 … P9) has them. A missing attribute drops its phrase;
 * `type` of the answer is the richest type, not above the wanted one, of which nothing is missing.
 */
export function buildPrompt(templates: FamilyTemplates, attributes: readonly Attribute[], wantedType: string): Prompt {
  const types = typesOf(templates);
  const wanted = types.includes(wantedType) ? wantedType : (types.at(-1) ?? 'P0');
  const given = withCatalogueWords(templates, attributes);
  const wordings = wordingsOf(templates, given, wanted);
  const used = namesOf(templates, wanted);
  return {
    text: wordings[0] ?? '',
    type: reachedType(templates, given, wanted),
    wordings,
    attributes: given.filter(({ name }) => used.has(name)),
    warnings: wanted === wantedType ? [] : [`family ${templates.family} has no ${wantedType}; ${wanted} was built`],
  };
}

/** Every type of the family with all its wordings. */
export function allPrompts(templates: FamilyTemplates, attributes: readonly Attribute[]): AllPrompts {
  const given = withCatalogueWords(templates, attributes);
  const types = typesOf(templates);
  return Object.fromEntries(types.map((type) => [type.toLowerCase(), wordingsOf(templates, given, type)]));
}

/** The family's class where none is given, and the first general description of the class. */
function withCatalogueWords(templates: FamilyTemplates, attributes: readonly Attribute[]): Attribute[] {
  const origin = `catalogue/prompts/${templates.family}.yaml`;
  const known = new Map(attributes.map((attribute) => [attribute.name, attribute]));
  if (!known.has('class') && templates.defaultClass) {
    known.set('class', { name: 'class', value: templates.defaultClass, source: 'catalogue', origin });
  }
  const description = own(templates.descriptions, known.get('class')?.value)?.[0];
  if (!known.has('description') && description) {
    known.set('description', { name: 'description', value: description, source: 'catalogue', origin });
  }
  return [...known.values()];
}

function wordingsOf(templates: FamilyTemplates, attributes: readonly Attribute[], type: string): string[] {
  const words = wordsOf(templates, attributes);
  const wordings = (noneTemplate(templates, attributes, type) ?? templates.types[type] ?? [])
    .flatMap((template) => descriptionsFor(templates, template, words).map((each) => render(template, each) ?? ''))
    .map((text) => (templates.sentence ? text.charAt(0).toUpperCase() + text.slice(1) : text));
  return [...new Set(wordings)];
}

/** What is said, whatever the type, where there is none of what is looked for. */
function noneTemplate(
  templates: FamilyTemplates,
  attributes: readonly Attribute[],
  type: string,
): Template[] | undefined {
  const isNone = attributes.some(({ name, value }) => name === 'number' && value === '0');
  return isNone && templates.none && type !== 'P0' ? [templates.none] : undefined;
}

/** One set of words, or as many as the class has descriptions where the template has a place for one. */
function descriptionsFor(templates: FamilyTemplates, template: Template, words: Words): Words[] {
  const all = own(templates.descriptions, words.get('class'));
  if (!all || !template.names.includes('description')) return [words];
  return all.map((description) => new Map([...words, ['description', description]]));
}

function wordsOf(templates: FamilyTemplates, attributes: readonly Attribute[]): Words {
  const words = new Map<string, string>(attributes.map(({ name, value }) => [name, value]));
  for (const [name, { from, words: meanings }] of Object.entries(templates.derived)) {
    const word = own(meanings, words.get(from));
    if (word) words.set(name, word);
  }
  return words;
}

function reachedType(templates: FamilyTemplates, attributes: readonly Attribute[], wanted: string): string {
  if (noneTemplate(templates, attributes, wanted)) return 'P1';
  const have = new Set<string>(attributes.map(({ name }) => name));
  const wantedNames = namesOf(templates, wanted);
  const order = typesOf(templates);
  let reached = 'P0';
  let most = 0;
  for (const type of order.slice(0, order.indexOf(wanted) + 1)) {
    const names = namesOf(templates, type);
    const complete = [...names].every((name) => have.has(name) && wantedNames.has(name));
    if (complete && names.size >= most) [reached, most] = [type, names.size];
  }
  return reached;
}

/** The attributes that a type speaks of; a derived word counts as what it is derived from. */
function namesOf(templates: FamilyTemplates, type: string): Set<string> {
  const names = (templates.types[type] ?? []).flatMap((template) => template.names);
  return new Set(names.map((name) => templates.derived[name]?.from ?? name));
}

function typesOf(templates: FamilyTemplates): string[] {
  return Object.keys(templates.types).sort();
}

/** A record's own entry: words such as `constructor` come from outside. */
function own<Value>(record: Readonly<Record<string, Value>>, key: string | undefined): Value | undefined {
  return key !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}
