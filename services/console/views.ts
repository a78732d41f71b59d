import type { Catalogue } from '@maskwright/catalogue';
import { matrixInWords } from '@maskwright/dicom';
import { ERROR_CODES, type ErrorCode } from '@maskwright/errors';
import { resultLineage, resultObject } from '@maskwright/result';
import type { WorklistEntry } from './worklist.ts';

/** One line of the worklist. UIDs, codes and words only: nothing here names a patient. */
export function rowOf(whole: WorklistEntry, catalogue: Catalogue) {
  const { result, failure, sopInstanceUIDs: _, ...entry } = whole;
  return {
    ...entry,
    task: { id: entry.task, title: titleOf(entry, catalogue) },
    ...deletionOf(whole),
    ...(failure ? { code: failure.code } : {}),
    ...(result
      ? {
          model: result.model,
          percentile: result.assessment.percentile,
          found: foundIn(result.segments),
          madeAt: result.madeAt,
        }
      : {}),
  };
}

/** All that is known about one result. */
export function detailOf(entry: WorklistEntry, catalogue: Catalogue) {
  return {
    ...entry,
    ...deletionOf(entry),
    task: { id: entry.task, title: titleOf(entry, catalogue), ...aimsOf(entry.task, catalogue) },
    ...(entry.failure ? { failure: { ...entry.failure, ...remedyOf(entry.failure.code) } } : {}),
  };
}

/** Whether the masks are still in the PACS, or where none were found, anything of the result. */
function deletionOf(entry: WorklistEntry) {
  const { key, deletedAt, sopInstanceUIDs: left, result } = entry;
  if (deletedAt === undefined) return {};
  const lineage = resultLineage(entry);
  const hasFound = result?.segments.some(({ pixels }) => pixels > 0);
  const rest = hasFound ? left.filter((uid) => resultObject(key, uid, lineage).kind === 'seg') : left;
  return { deleted: rest.length === 0 ? 'all' : 'part' };
}

function foundIn(segments: readonly { readonly pixels: number }[]) {
  return { segments: segments.length, empty: segments.filter(({ pixels }) => pixels === 0).length };
}

/** A result outlives its task when the catalogue changes. */
function titleOf({ task: id, matrix }: Pick<WorklistEntry, 'task' | 'matrix'>, { tasks }: Catalogue): string {
  const title = tasks.find((task) => task.id === id)?.title ?? id;
  return matrix === undefined ? title : `${title}, images of ${matrixInWords(matrix)}`;
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
