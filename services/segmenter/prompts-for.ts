import type { Catalogue, Target, Task } from '@maskwright/catalogue';
import type { DataSet } from '@maskwright/dicom';
import { promptFor } from '@maskwright/prompt';
import type { TargetPrompt } from './segment-request.ts';

/** The prompts of a job: the task's own, one a target, or a person's words for one segment. */
export function promptsFor(catalogue: Catalogue, task: Task, dataset: DataSet, words?: string): TargetPrompt[] {
  if (words !== undefined) return [humanPrompt(catalogue, task, words)];
  return task.targets.map((target) => ({ target, prompt: promptFor(catalogue, dataset, task, target) }));
}

function humanPrompt(catalogue: Catalogue, task: Task, words: string): TargetPrompt {
  return {
    target:
      namedIn(words, task.targets) ??
      namedIn(
        words,
        catalogue.tasks.flatMap(({ targets }) => targets),
      ) ??
      unnamed(words),
    prompt: {
      text: words,
      type: 'human',
      wordings: [words],
      attributes: [{ name: 'class', value: words, source: 'human', origin: 'prompt' }],
      warnings: [],
    },
  };
}

/** The target whose name occurs in the words; the longest wins, so that "left lung" is not taken for "lung". */
function namedIn(words: string, targets: readonly Target[]): Target | undefined {
  const text = words.toLowerCase();
  return targets
    .filter(({ name }) => text.includes(name.toLowerCase()))
    .sort((a, b) => b.name.length - a.name.length)[0];
}

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
