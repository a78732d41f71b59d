import { type DataSet, has, isSlice } from '@maskwright/dicom';
import { imageTypes } from './header-words.ts';
import { type Explanation, explainSelection, type Selected } from './select.ts';
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
  return explainSeries(catalogue, instances)
    .filter(({ selected }) => selected)
    .map(({ task, reasons }) => ({ task, reasons }));
}

/** Every task with the reasons for it, told of the first image that it selects, or those against it, of the first image. */
export function explainSeries(catalogue: Tasks, instances: readonly DataSet[]): Explanation[] {
  const facts = seriesFactsOf(instances);
  const judged = unitsOf(instances.map((dataset) => ({ dataset }))).map(([first]) =>
    explainSelection(catalogue, first?.dataset ?? {}, facts),
  );
  const [ofFirst = explainSelection(catalogue, {}, facts)] = judged;
  return ofFirst.map((one, at) => judged.find((explained) => explained[at]?.selected)?.[at] ?? one);
}

/**
 * The images of a series that a task gets, in their order, and what is to be said of those that it does not get. A task that
 * selects none of them, because somebody named it, gets all but localizers beside slices.
 */
export function imagesOfTask<One extends Image>(
  catalogue: Tasks,
  task: Pick<Task, 'id'>,
  images: readonly One[],
): { readonly images: readonly One[]; readonly warnings: readonly string[] } {
  const facts = seriesFactsOf(images.map(({ dataset }) => dataset));
  const units = unitsOf(images);
  const explained = units.map(([first]) =>
    explainSelection(catalogue, first?.dataset ?? {}, facts).find((one) => one.task.id === task.id),
  );
  const slices = images.some(({ dataset }) => isSlice(dataset));
  const wanted = units.filter((_, at) => explained[at]?.selected);
  const chosen = slices ? [wanted[0] ?? units[0] ?? []] : wanted.length > 0 ? wanted : units;
  const leftOut = new Set(units.filter((unit) => !chosen.includes(unit)).flat());
  if (leftOut.size === 0) return { images, warnings: [] };
  const against = explained.flatMap((one) => (one?.selected === false ? one.reasons : []));
  const why = [...new Set(against)].slice(0, 3).join('; ') || 'localizers beside slices';
  return {
    images: images.filter((image) => !leftOut.has(image)),
    warnings: [
      `${leftOut.size} of ${units.flat().length} images of the series are not ${task.id}'s and were left out: ${why}`,
    ],
  };
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
