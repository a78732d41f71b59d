import type { Catalogue, FamilyTemplates, Target, Task, Template } from '@maskwright/catalogue';
import { type Attribute, type AttributeName, attribute, type Prompt, said } from './attributes.ts';
import { extractAttributes, type Header } from './extract.ts';
import { own, saysNone, wordingsOf, wordsOf } from './wordings.ts';

/** `{p0: [...], p1: [...], …}`: every wording of each type of the family. */
export type AllPrompts = Readonly<Record<string, readonly string[]>>;

/** What is worded otherwise than the task has it. */
export interface Change {
  /** Instead of the task's own. */
  readonly type?: string;
  /** Attributes that go before those of the same name. */
  readonly add?: readonly Attribute[];
  /** Attributes that are left out. */
  readonly without?: readonly AttributeName[];
}
/** Words a target's attributes again and again, each time with another change. */
export type Wording = (change?: Change) => Prompt;

/** The prompt of a target in a series: attributes of its metadata, worded as the task aims at. */
export function wordingOf(catalogue: Catalogue, header: Header, task: Task, target: Target): Wording {
  const { attributes, warnings } = extractAttributes(header, task, target);
  return (change) => {
    const prompt = wordedAs(catalogue, attributes, task, target, change);
    return { ...prompt, warnings: [...warnings, ...prompt.warnings] };
  };
}
export function promptFor(catalogue: Catalogue, header: Header, task: Task, target: Target): Prompt {
  return wordingOf(catalogue, header, task, target)();
}

/**
 * Words attributes as the task has it: its own templates where it has some, else the family's type that it aims at;
 * then the wordings of the types that the task asks besides.
 */
export function wordedAs(
  catalogue: Catalogue,
  attributes: readonly Attribute[],
  task: Task,
  target: Target,
  { type, add = [], without = [] }: Change = {},
): Prompt {
  const templates = catalogue.templates(task.family);
  const all = new Map([...attributes, ...add].map((one) => [one.name, one]));
  const given = [...all.values()];
  const own = type === undefined ? (target.prompts ?? task.prompts) : undefined;
  const prompt = own
    ? ownPrompt(templates, own, given, without)
    : buildPrompt(templates, given, type ?? task.promptType, without);
  const others = (task.ensemble ?? []).flatMap((other) => buildPrompt(templates, given, other, without).wordings);
  return { ...prompt, wordings: [...new Set([...prompt.wordings, ...others])] };
}

/** A task's own templates see the same attributes and derived words as the family's. */
function ownPrompt(
  templates: FamilyTemplates,
  own: readonly Template[],
  attributes: readonly Attribute[],
  without: readonly AttributeName[],
): Prompt {
  return { ...buildPrompt({ ...templates, types: { P0: [...own] } }, attributes, 'P0', without), type: 'own' };
}

/**
 * Words the attributes as the wanted type (P0 … P9) has them. A missing attribute drops its phrase;
 * `type` of the answer is the richest type, not above the wanted one, of which nothing is missing.
 */
export function buildPrompt(
  templates: FamilyTemplates,
  attributes: readonly Attribute[],
  wantedType: string,
  without: readonly AttributeName[] = [],
): Prompt {
  const types = typesOf(templates);
  const wanted = types.includes(wantedType) ? wantedType : (types.at(-1) ?? 'P0');
  const given = withCatalogueWords(templates, attributes).filter(({ name }) => !without.includes(name));
  const words = wordsOf(templates, given);
  const wordings = wordingsOf(templates, words, wanted);
  const used = namesOf(templates, wanted);
  return {
    text: wordings[0] ?? '',
    type: saysNone(templates, words, wanted) ? 'P1' : reachedType(templates, given, wanted),
    wordings,
    attributes: given.filter(({ name }) => used.has(name)),
    warnings: wanted === wantedType ? [] : [`family ${templates.family} has no ${wantedType}; ${wanted} was built`],
  };
}

/** Every type of the family with all its wordings. */
export function allPrompts(templates: FamilyTemplates, attributes: readonly Attribute[]): AllPrompts {
  const given = withCatalogueWords(templates, attributes);
  const types = typesOf(templates);
  const words = wordsOf(templates, given);
  return Object.fromEntries(types.map((type) => [type.toLowerCase(), wordingsOf(templates, words, type)]));
}

/** What each type of the family speaks of and nobody knows: `{p3: ['shape']}`; types of which nothing is missing are absent. */
export function missingAttributes(
  templates: FamilyTemplates,
  attributes: readonly Attribute[],
): Readonly<Record<string, readonly string[]>> {
  const have = new Set<string>(withCatalogueWords(templates, attributes).map(({ name }) => name));
  const missing = typesOf(templates).map((type) => {
    return [type.toLowerCase(), [...namesOf(templates, type)].filter((name) => !have.has(name))] as const;
  });
  return Object.fromEntries(missing.filter(([, names]) => names.length > 0));
}

/** The family's class where none is given, and the first general description of the class. */
function withCatalogueWords(templates: FamilyTemplates, attributes: readonly Attribute[]): Attribute[] {
  const origin = `catalogue/prompts/${templates.family}.yaml`;
  const known = new Map(attributes.map((one) => [one.name, one]));
  if (!known.has('class') && templates.defaultClass) {
    known.set('class', attribute('class', templates.defaultClass, 'catalogue', origin));
  }
  const named = known.get('class');
  const description = own(templates.descriptions, named && said(named))?.[0];
  if (!known.has('description') && description) {
    known.set('description', attribute('description', description, 'catalogue', origin));
  }
  return [...known.values()];
}

function reachedType(templates: FamilyTemplates, attributes: readonly Attribute[], wanted: string): string {
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
