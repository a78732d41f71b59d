import { type DataSet, has, hasMatrix, isSlice, type Matrix, matricesOf } from '@maskwright/dicom';
import { imageTypes } from './header-words.ts';
import { type Explanation, explainSelection, type Selected, selectedOf } from './select.ts';
import { seriesFactsOf } from './series-facts.ts';
import type { Task } from './task.ts';

type Tasks = { readonly tasks: readonly Task[] };
type Image = { readonly dataset: DataSet };

/**
 * The tasks that apply to a series: each that selects one of its images. Radiographs and photographs stand for themselves, for
 * one series may hold a frontal view and a lateral one; slices are judged together, by the first that is no localizer.
 * @param instances metadata of the series' instances, in any order
 */
export function selectTasksOfSeries(catalogue: Tasks, instances: readonly DataSet[]): Selected[] {
  return selectedOf(explainSeries(catalogue, instances));
}

/** Every task with the reasons for it, told of the first image that it selects, or those against it, of the first image. */
export function explainSeries(catalogue: Tasks, instances: readonly DataSet[]): Explanation[] {
  const facts = seriesFactsOf(instances);
  const [first, ...others] = unitsOf(instances.map((dataset) => ({ dataset }))).map(([one]) => one?.dataset ?? {});
  const ofFirst = explainSelection(catalogue, first ?? {}, facts);
  // A series has one modality: what fails by it needs no second look, in series of thousands of images.
  const tasks = ofFirst.flatMap(({ task, rules }) => (failsByModality(rules) ? [] : [task]));
  const found = new Map(ofFirst.flatMap((one) => (one.selected ? [[one.task.id, one] as const] : [])));
  for (const other of others) {
    if (found.size === tasks.length) break;
    for (const one of explainSelection({ tasks }, other, facts))
      if (one.selected && !found.has(one.task.id)) found.set(one.task.id, one);
  }
  return ofFirst.map((one) => found.get(one.task.id) ?? one);
}

function failsByModality(rules: Explanation['rules']): boolean {
  return rules.some(({ rule, passed }) => rule === 'modality' && !passed);
}

/**
 * The images of a series that a task gets, in their order, and what is to be said of those that it does not get. That it gets
 * some is settled: where its rules select none, as a header does not tell what they ask (a file does not say who sent it), the
 * images that do not contradict them are its; and where each does, because somebody named the task, all but localizers.
 */
export function imagesOfTask<One extends Image>(
  catalogue: Tasks,
  task: Pick<Task, 'id'>,
  images: readonly One[],
): { readonly images: readonly One[]; readonly warnings: readonly string[] } {
  const facts = seriesFactsOf(images.map(({ dataset }) => dataset));
  const rivals = { tasks: rivalsOf(catalogue, task) };
  const judged = unitsOf(images).map((unit) => {
    const explained = explainSelection(rivals, unit[0]?.dataset ?? {}, facts);
    return { unit, explanation: explained.find((one) => one.task.id === task.id) };
  });
  const wanted = [
    judged.filter(({ explanation }) => explanation?.selected),
    judged.filter(({ explanation }) => explanation?.rules.every(({ passed, unknown }) => passed || unknown)),
  ].find(({ length }) => length > 0);
  const slices = images.some(({ dataset }) => isSlice(dataset));
  const kept = new Set((slices ? (wanted ?? judged).slice(0, 1) : (wanted ?? judged)).flatMap(({ unit }) => unit));
  const leftOut = new Set(judged.flatMap(({ unit }) => unit.filter((image) => !kept.has(image))));
  if (leftOut.size === 0) return { images, warnings: [] };
  const against = judged.flatMap(({ unit, explanation }) =>
    explanation?.selected === false && unit.some((image) => leftOut.has(image)) ? explanation.reasons : [],
  );
  const why = [...new Set(against)].slice(0, 3).join('; ') || 'localizers beside slices';
  const of = judged.reduce((sum, { unit }) => sum + unit.length, 0);
  return {
    images: images.filter((image) => !leftOut.has(image)),
    warnings: [`${leftOut.size} of ${of} images of the series are not ${task.id}'s and were left out: ${why}`],
  };
}

/** The images of a series of which a task makes one result. */
export interface OneResult<One> {
  /** Their size, where the task gets photographs or radiographs of several. */
  readonly matrix?: Matrix | undefined;
  readonly images: readonly One[];
}

/**
 * A series as a task takes it: whole, or, where the task gets photographs or radiographs of several sizes, each size by
 * itself. Slices of several sizes are no volume, which is for whoever assembles them to say.
 */
export function sizesOfTask<One extends Image>(
  catalogue: Tasks,
  task: Pick<Task, 'id'>,
  images: readonly One[],
): OneResult<One>[] {
  const whole = [{ images }];
  if (matricesOf(images).length < 2) return whole;
  const matrices = matricesOf(imagesOfTask(catalogue, task, images).images);
  if (matrices.length < 2) return whole;
  return matrices.map((matrix) => ({ matrix, images: images.filter(({ dataset }) => hasMatrix(dataset, matrix)) }));
}

/** The task, and those of its group, of which one may go before it. */
function rivalsOf({ tasks }: Tasks, { id }: Pick<Task, 'id'>): Task[] {
  const group = tasks.find((one) => one.id === id)?.firstOf?.group;
  return tasks.filter((one) => one.id === id || (group !== undefined && one.firstOf?.group === group));
}

/**
 * What is judged together: the slices of a volume, the localizers beside them, and every other image by itself. What is no
 * image (a report in the same series) is judged only where there is nothing else.
 */
function unitsOf<One extends Image>(objects: readonly One[]): One[][] {
  const images = objects.filter(({ dataset }) => has(dataset, 'Rows'));
  const judged = images.length > 0 ? images : objects;
  const slices = judged.filter(({ dataset }) => isSlice(dataset));
  const [body, localizers] = [false, true].map((is) => slices.filter(({ dataset }) => isLocalizer(dataset) === is));
  const others = judged.filter(({ dataset }) => !isSlice(dataset)).map((image) => [image]);
  return [body ?? [], localizers ?? [], ...others].filter((unit) => unit.length > 0);
}

function isLocalizer(dataset: DataSet): boolean {
  return imageTypes(dataset).some((value) => value === 'LOCALIZER' || value === 'SCOUT');
}
