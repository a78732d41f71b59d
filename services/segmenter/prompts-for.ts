import { type Catalogue, namedIn, type Target, type Task } from '@maskwright/catalogue';
import type { DataSet } from '@maskwright/dicom';
import type { SourceImage } from '@maskwright/image';
import { attribute, type Header, type Prompt, wordingOf } from '@maskwright/prompt';
import type { TargetPrompt } from './segment-request.ts';

/** The headers of a series that is segmented together. */
export function headerOf(source: SourceImage, reports: readonly DataSet[] = []): Header {
  return { instances: [...new Set(source.frames.map(({ instance }) => instance.dataset))], reports };
}

/** The prompts of a job: the task's own, one a target, or a person's words, one segment for each `;`-separated part. */
export function promptsFor(catalogue: Catalogue, task: Task, header: Header, words?: string): TargetPrompt[] {
  if (words === undefined) {
    return task.targets.map((target) => {
      const wording = wordingOf(catalogue, header, task, target);
      return { target, prompt: wording(), wording };
    });
  }
  const parts = words.split(/[;\n]/).map((part) => part.trim());
  const prompts = parts.filter((part) => part !== '').map((part) => humanPrompt(catalogue, task, part));
  return distinct(prompts);
}

function humanPrompt(catalogue: Catalogue, task: Task, words: string): TargetPrompt {
  const every = catalogue.tasks.flatMap(({ targets }) => targets);
  const named =
    namedIn(words, namesOf(task.targets), catalogue.vocabulary) ?? namedIn(words, namesOf(every), catalogue.vocabulary);
  const target = [...task.targets, ...every].find(({ name }) => name === named?.name);
  if (!named || !target) {
    const guess = `"${words}" names no structure of the catalogue: a mask of it is the model's guess`;
    return { target: unnamed(words), prompt: asWritten(words, words, [guess]) };
  }
  if (named.language === 'en') return { target, prompt: asWritten(words, words, []) };
  const text = words.normalize('NFC').replace(new RegExp(RegExp.escape(named.said), 'i'), named.name);
  return { target, prompt: asWritten(words, text, [`"${words}" (${named.language}) was asked as "${text}"`]) };
}

function namesOf(targets: readonly Target[]): string[] {
  return targets.map(({ name }) => name);
}

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
