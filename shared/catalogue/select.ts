import { codes, type DataSet, text, texts } from '@maskwright/dicom';
import { codeKey, holdsWords, plainText } from './plain-text.ts';
import { projectionOf } from './projection.ts';
import type { Selection, Task } from './task.ts';
import { NEVER_SEGMENTED } from './task-schema.ts';

export interface Selected {
  readonly task: Task;
  /** Why; names rules and attributes, never a header's text. */
  readonly reasons: readonly string[];
}
export interface Explanation extends Selected {
  readonly selected: boolean;
}

/** A rule's word on a series; undefined where it has none. */
type Verdict = { readonly passed: boolean; readonly reason: string } | undefined;

/**
 * The tasks that apply to a series.
 * @param series its QIDO-RS attributes, or the metadata of one of its instances
 */
export function selectTasks(catalogue: { readonly tasks: readonly Task[] }, series: DataSet): Selected[] {
  return explainSelection(catalogue, series)
    .filter(({ selected }) => selected)
    .map(({ task, reasons }) => ({ task, reasons }));
}

/** Every task with the reasons for it, or those against it. */
export function explainSelection(catalogue: { readonly tasks: readonly Task[] }, series: DataSet): Explanation[] {
  return catalogue.tasks.map((task) => {
    const verdicts = RULES.flatMap((rule) => rule(task.select, series) ?? []);
    const against = verdicts.filter(({ passed }) => !passed);
    const decisive = against.length > 0 ? against : verdicts;
    return { task, selected: against.length === 0, reasons: decisive.map(({ reason }) => reason) };
  });
}

const RULES: readonly ((select: Selection, series: DataSet) => Verdict)[] = [
  modality,
  sopClass,
  region,
  imageType,
  description,
  view,
];

function modality({ modality }: Selection, series: DataSet): Verdict {
  const value = text(series, 'Modality')?.toUpperCase() ?? '';
  if (NEVER_SEGMENTED.includes(value)) return { passed: false, reason: 'Modality is one that holds no images' };
  const known = modality.find((one) => one === value);
  if (known) return { passed: true, reason: `Modality is ${known}` };
  return { passed: false, reason: `Modality is not ${either(modality)}` };
}

function sopClass({ sopClass }: Selection, series: DataSet): Verdict {
  const value = text(series, 'SOPClassUID');
  if (!sopClass || value === undefined) return undefined;
  if (sopClass.includes(value)) return { passed: true, reason: 'SOPClassUID is one of the task’s' };
  return { passed: false, reason: 'SOPClassUID is none of the task’s' };
}

/** Which part of the body: the coded region, else BodyPartExamined, else words. */
function region(select: Selection, series: DataSet): Verdict {
  const { bodyPart, anatomicRegion = [], bodyPartRequired, anyBodyPart } = select;
  const free = anyBodyPart?.find((one) => one === text(series, 'Modality')?.toUpperCase());
  if (free) return { passed: true, reason: `a ${free} series may show any body part` };
  const coded = codes(series, 'AnatomicRegionSequence').find((code) => anatomicRegion.includes(codeKey(code)));
  if (coded) return { passed: true, reason: `AnatomicRegionSequence holds ${codeKey(coded)}` };
  const part = text(series, 'BodyPartExamined');
  if (!bodyPart) return undefined;
  if (part !== undefined) {
    const known = bodyPart.find((one) => letters(one) === letters(part));
    if (known) return { passed: true, reason: `BodyPartExamined is ${known}` };
    return { passed: false, reason: `BodyPartExamined is not ${either(bodyPart)}` };
  }
  if (bodyPartRequired) return { passed: false, reason: 'BodyPartExamined is absent' };
  return regionByWords(select, series);
}

function regionByWords({ description, imageType = [] }: Selection, series: DataSet): Verdict {
  if (!description) return { passed: true, reason: 'BodyPartExamined is absent and may be' };
  const type = imageType.find((word) => imageTypes(series).includes(word.toUpperCase()));
  if (type) return { passed: true, reason: `ImageType says ${type}` };
  for (const keyword of ['SeriesDescription', 'ProtocolName', 'StudyDescription']) {
    const word = wordIn(series, keyword, description);
    if (word) return { passed: true, reason: `${keyword} says "${word}"` };
  }
  return { passed: false, reason: 'BodyPartExamined is absent and no description names the region' };
}

function imageType({ excludeImageType = [] }: Selection, series: DataSet): Verdict {
  const type = excludeImageType.find((word) => imageTypes(series).includes(word.toUpperCase()));
  return type ? { passed: false, reason: `ImageType says ${type}` } : undefined;
}

function description({ excludeDescription = [] }: Selection, series: DataSet): Verdict {
  for (const keyword of ['SeriesDescription', 'ProtocolName']) {
    const word = wordIn(series, keyword, excludeDescription);
    if (word) return { passed: false, reason: `${keyword} says "${word}"` };
  }
  return undefined;
}

function view({ excludeView }: Selection, series: DataSet): Verdict {
  const projection = excludeView && projectionOf(series);
  if (!projection) return undefined;
  return { passed: !excludeView.includes(projection.view), reason: `${projection.origin} says ${projection.view}` };
}

function wordIn(series: DataSet, keyword: string, words: readonly string[]): string | undefined {
  const value = plainText(series, keyword) ?? '';
  return words.find((word) => holdsWords(value, word));
}
function imageTypes(series: DataSet): string[] {
  return texts(series, 'ImageType').map((value) => value.toUpperCase());
}
/** CHEST ABDOMEN, CHEST_ABDOMEN and CHESTABDOMEN are one. */
function letters(value: string): string {
  return value
    .slice(0, 64)
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}
function either(words: readonly string[]): string {
  return words.length > 4 ? `${words.slice(0, 4).join(', ')} or another of the task’s` : words.join(' or ');
}
