import { type Catalogue, codeKey, namedIn, type Target, type Task } from '@maskwright/catalogue';
import type { CodedConcept, DataSet } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import type { SourceImage } from '@maskwright/image';
import type { Manifest } from '@maskwright/model';
import { attribute, type Header, type Prompt, strangeWords, wordingOf } from '@maskwright/prompt';
import type { TargetPrompt } from './segment-request.ts';

/** What a person wants segmented. */
export interface Asked {
  readonly words: string;
  /** The structures that the language model has learned, in any family. */
  readonly classes: Manifest['classes'];
}

/** The headers of a series that is segmented together. */
export function headerOf(source: SourceImage, reports: readonly DataSet[] = []): Header {
  return { instances: [...new Set(source.frames.map(({ instance }) => instance.dataset))], reports };
}

/**
 * The prompts of a job: the task's own, one a target, or a person's words, one segment for each `;`-separated part.
 * @throws MaskwrightError USAGE where the words are separators only
 */
export function promptsFor(catalogue: Catalogue, task: Task, header: Header, asked?: Asked): TargetPrompt[] {
  if (asked === undefined) {
    return task.targets.map((target) => {
      const wording = wordingOf(catalogue, header, task, target);
      return { target, prompt: wording(), wording };
    });
  }
  const own = targetsOf(task, asked.classes);
  return distinct(partsOf(asked.words).map((part) => humanPrompt(catalogue, task, own, part)));
}

/**
 * A person's words, structure by structure.
 * @throws MaskwrightError USAGE where they are separators only
 */
export function partsOf(words: string): string[] {
  const parts = words.split(/[;\n]/).map((part) => part.trim());
  const said = parts.filter((part) => part !== '');
  if (said.length > 0) return said;
  throw new MaskwrightError('USAGE', `the prompt ${JSON.stringify(words)} names nothing: say what to look for`);
}

/** What the model has learned of such images, spelt as it spells them, and the task's own structures. */
function targetsOf(task: Task, classes: Asked['classes']): Target[] {
  const learned = classes.filter(({ family }) => family === task.family).map((one) => learnedTarget(one, task.targets));
  return [...learned, ...task.targets];
}

function humanPrompt(catalogue: Catalogue, { family }: Task, own: readonly Target[], words: string): TargetPrompt {
  const { vocabulary } = catalogue;
  // Structures of other tasks are recognised so that they do not pass for one of these.
  const known = [...own, ...catalogue.tasks.flatMap(({ targets }) => targets)];
  const names = known.map(({ name }) => name);
  const named = namedIn(words, names, vocabulary);
  const target = known.find(({ name }) => name === named?.name);
  if (!named || !target) {
    const guess = `"${words}" names no structure of the catalogue or the model: a mask of it is the model's guess`;
    return { target: unnamed(words), prompt: asWritten(words, words, [guess]) };
  }
  const besides = namedIn(`${named.before};${named.after}`, names, vocabulary);
  const also =
    besides && besides.name !== named.name
      ? [`"${words}" names ${besides.name} too: the mask is called ${named.name} (";" divides structures)`]
      : [];
  const text = named.language === 'en' ? words : `${named.before}${named.name}${named.after}`;
  const translated = text === words ? [] : [`"${words}" (${named.language}) was asked as "${text}"`];
  const spoken = [...own.map(({ name }) => name), named.name, ...(besides ? [besides.name] : [])];
  const taught = { templates: catalogue.templates(family), vocabulary };
  const strange = strangeWords(text, taught, spoken).map((word) => `"${word}"`);
  const unlearned =
    strange.length > 0 ? [`the model was not taught ${strange.join(', ')}: the mask is its idea of ${named.name}`] : [];
  return { target, prompt: asWritten(words, text, [...translated, ...also, ...unlearned]) };
}

/** A class of the model as one segment: the task's own target of that name, else with what the class's code says. */
function learnedTarget({ name, code }: Asked['classes'][number], targets: readonly Target[]): Target {
  const same = targets.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (same) return { ...same, name };
  const label = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
  const uncoded = { ...unnamed(name), name, label: label.slice(0, 64) };
  if (!code) return uncoded;
  const side = /^(left|right) /.test(code.meaning.toLowerCase())
    ? undefined
    : SIDES.get(name.toLowerCase().split(' ')[0] ?? '');
  const category = CATEGORIES.get(codeKey(code)) ?? uncoded.category;
  return { ...uncoded, category, type: code, ...(side && { typeModifier: side }) };
}
const SIDES: ReadonlyMap<string, CodedConcept> = new Map([
  ['left', { value: '7771000', scheme: 'SCT', meaning: 'Left' }],
  ['right', { value: '24028007', scheme: 'SCT', meaning: 'Right' }],
]);
const ABNORMAL: CodedConcept = { value: '49755003', scheme: 'SCT', meaning: 'Morphologically Abnormal Structure' };
/** Of classes that are no part of the body; a bundle's manifest does not tell it. */
const CATEGORIES: ReadonlyMap<string, CodedConcept> = new Map([
  ['DCM:112120', ABNORMAL],
  ['SCT:95436008', ABNORMAL],
  ['SCT:49062001', { value: '260787004', scheme: 'SCT', meaning: 'Physical object' }],
]);

function asWritten(words: string, text: string, warnings: readonly string[]): Prompt {
  const attributes = [attribute('class', words, 'human', 'prompt')];
  return { text, type: 'human', wordings: [text], attributes, warnings };
}

/** Segments of one SEG are told apart by colour: a structure that is asked for twice, and one without a name, get another. */
function distinct(prompts: readonly TargetPrompt[]): TargetPrompt[] {
  const taken = new Set<string>();
  return prompts.map((one) => {
    const color = [one.target.color, ...MORE_COLORS].find((candidate) => !taken.has(candidate.join()));
    if (color) taken.add(color.join());
    return color ? { ...one, target: { ...one.target, color } } : one;
  });
}
const MORE_COLORS: readonly Target['color'][] = [
  [142, 68, 173],
  [22, 160, 133],
  [211, 84, 0],
  [44, 62, 200],
  [192, 57, 43],
  [127, 140, 141],
];

/** Words that name no structure that we have a code for. */
function unnamed(words: string): Target {
  return {
    name: words.slice(0, 64),
    label: words.slice(0, 64),
    category: { value: '91723000', scheme: 'SCT', meaning: 'Anatomical Structure' },
    type: { value: '85756007', scheme: 'SCT', meaning: 'Tissue' },
    color: [242, 201, 76],
  };
}
