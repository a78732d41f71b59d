import type { Catalogue } from '@maskwright/catalogue';
import { ERROR_CODES, type ErrorCode } from '@maskwright/errors';
import type { WorklistEntry } from './worklist.ts';

/** One line of the worklist. UIDs, codes and words only: nothing here names a patient. */
export function rowOf({ result, failure, sopInstanceUIDs, ...entry }: WorklistEntry, catalogue: Catalogue) {
  return {
    ...entry,
    task: { id: entry.task, title: titleOf(entry, catalogue) },
    ...deletionOf(entry.deletedAt, sopInstanceUIDs),
    ...(failure ? { code: failure.code } : {}),
    ...(result
      ? { model: result.model, percentile: result.assessment.percentile, found: foundIn(result.segments) }
      : {}),
  };
}

/** All that is known about one result. */
export function detailOf(entry: WorklistEntry, catalogue: Catalogue) {
  return {
    ...entry,
    ...deletionOf(entry.deletedAt, entry.sopInstanceUIDs),
    task: { id: entry.task, title: titleOf(entry, catalogue), ...aimsOf(entry.task, catalogue) },
    ...(entry.failure ? { failure: { ...entry.failure, ...remedyOf(entry.failure.code) } } : {}),
  };
}

/** Whether a part of the result is still in the PACS. */
function deletionOf(deletedAt: string | undefined, left: WorklistEntry['sopInstanceUIDs']) {
  return deletedAt === undefined ? {} : { deleted: left.length === 0 ? 'all' : 'part' };
}

function foundIn(segments: readonly { readonly pixels: number }[]) {
  return { segments: segments.length, empty: segments.filter(({ pixels }) => pixels === 0).length };
}

/** A result outlives its task when the catalogue changes. */
function titleOf({ task: id, matrix }: Pick<WorklistEntry, 'task' | 'matrix'>, { tasks }: Catalogue): string {
  const title = tasks.find((task) => task.id === id)?.title ?? id;
  if (matrix === undefined) return title;
  const [rows, columns] = matrix.split('x');
  return `${title}, images of ${rows} rows × ${columns} columns`;
}

function aimsOf(id: string, { tasks }: Catalogue) {
  const task = tasks.find((one) => one.id === id);
  if (!task) return { targets: [] };
  const { targets, promptType, models } = task;
  return { targets: targets.map(({ name, label, color }) => ({ name, label, color })), promptType, models };
}

function remedyOf(code: string) {
  if (!isErrorCode(code)) return {};
  const { meaning, remedy } = ERROR_CODES[code];
  return { meaning, remedy };
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CODES, code);
}
