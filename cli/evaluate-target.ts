import {
  type Catalogue,
  FAMILIES,
  type Family,
  namedIn,
  selectTasks,
  type Target,
  type Task,
} from '@maskwright/catalogue';
import { MaskwrightError } from '@maskwright/errors';
import type { SourceImage } from '@maskwright/image';
import type { BundleShelf } from '@maskwright/model';
import { isNamed } from './target-named.ts';

/** A task with the one target that a case asks for. */
export interface Asked {
  readonly task: Task;
  readonly target: Target;
}
export interface Question {
  readonly target: string;
  readonly dataset: string;
  /** From the attributes' file. */
  readonly family: string | undefined;
  readonly source: SourceImage;
}

/** Families of public sets whose names do not tell them. */
const SETS: Readonly<Record<string, Family>> = {
  acdc: 'cardiac-mri',
  camus: 'cardiac-ultrasound',
  chexlocalize: 'chest-xray',
  covid: 'chest-xray',
  cxr: 'chest-xray',
  echonet: 'cardiac-ultrasound',
  jsrt: 'chest-xray',
  montgomery: 'chest-xray',
  shenzhen: 'chest-xray',
  xray: 'chest-xray',
  ct: 'ct-torso',
  mri: 'cardiac-mri',
  mr: 'cardiac-mri',
  echo: 'cardiac-ultrasound',
  ultrasound: 'cardiac-ultrasound',
};

/**
 * The task and target that a name stands for: a target of the catalogue, or a structure that a task's model was trained for,
 * by any of its names. Where several families have it, the attributes' family decides, then the data set's name, then the
 * rules of the tasks on the image's header, then the order of the catalogue.
 * @throws MaskwrightError TASK_UNKNOWN naming what is known
 */
export function askedFor(catalogue: Catalogue, shelf: BundleShelf, question: Question): Asked {
  const candidates = catalogue.tasks.flatMap((task) => {
    const target = targetIn(catalogue, shelf, task, question.target);
    return target ? [{ task, target }] : [];
  });
  const wanted = question.family ?? familyOf(question, candidates);
  const found = wanted === undefined ? candidates[0] : candidates.find(({ task }) => task.family === wanted);
  if (found) return found;
  const known = [...new Set(catalogue.tasks.flatMap(({ targets }) => targets.map(({ name }) => name)))].join(', ');
  const where = wanted === undefined || candidates.length === 0 ? '' : ` of the family ${wanted}`;
  throw new MaskwrightError('TASK_UNKNOWN', `no task has a target "${question.target}"${where}; there are ${known}`);
}

function familyOf({ dataset, source }: Question, candidates: readonly Asked[]): Family | undefined {
  if (candidates.length < 2) return undefined;
  const offered = candidates.map(({ task }) => task.family);
  const name = dataset.toLowerCase();
  const words = name.split(/[^a-z]+/);
  const said = FAMILIES.find((family) => name.includes(family)) ?? words.map((word) => setOf(word)).find(Boolean);
  if (said && offered.includes(said)) return said;
  const tasks = candidates.map(({ task }) => task);
  const [selected] = selectTasks({ tasks }, source.dataset);
  return selected?.task.family;
}

function setOf(word: string): Family | undefined {
  return Object.hasOwn(SETS, word) ? SETS[word] : undefined;
}

/** The task's own target, else a structure that its model knows in its family. */
function targetIn(catalogue: Catalogue, shelf: BundleShelf, task: Task, words: string): Target | undefined {
  const own = task.targets.map(({ name }) => name);
  const said = words.toLowerCase().replaceAll(/[-_]+/g, ' ').trim();
  const exact = task.targets.find((target) => isNamed(target, words));
  if (exact) return exact;
  const learned = shelf.all
    .filter(({ id }) => id === task.models.vlsm || id === task.models.conventional)
    .flatMap((bundle) => bundle.classesOf(task.family));
  const name = learned.find((one) => one === said) ?? namedIn(said, [...own, ...learned], catalogue.vocabulary)?.name;
  if (name === undefined) return undefined;
  return task.targets.find((target) => target.name === name) ?? learnedTarget(name);
}

/** A structure without codes of its own: masks of it are scored, never stored. */
function learnedTarget(name: string): Target {
  return {
    name,
    label: name,
    category: { value: '91723000', scheme: 'SCT', meaning: 'Anatomical Structure' },
    type: { value: '85756007', scheme: 'SCT', meaning: 'Tissue' },
    color: [242, 201, 76],
  };
}
