import { rm, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseUid, type StudyInstanceUID } from '@maskwright/dicom';
import type { Archive, Availability } from '@maskwright/dicomweb';
import { MaskwrightError, reasonOf } from '@maskwright/errors';
import type { BundleShelf } from '@maskwright/model';
import type { Queue } from '@maskwright/queue';
import type { ReadinessCheck } from '@maskwright/telemetry';
import type { Composition } from './composition.ts';

type Task = Composition['catalogue']['tasks'][number];
type WatchedArchive = Pick<Archive, 'searchStudies'> & { readonly availability: Availability };

export interface ReadinessParts {
  readonly archive: WatchedArchive;
  readonly target: WatchedArchive;
  readonly queue: Pick<Queue, 'check'>;
  readonly tasks: readonly Task[];
  readonly bundles: Pick<BundleShelf, 'get'>;
  /** Folder of state; undefined where this process writes nothing. */
  readonly home?: string | undefined;
  /** Loads the models of a task; there where this process segments. */
  readonly load?: ((task: Task) => Promise<unknown>) | undefined;
}

/** Everything without which the services of a process cannot do their work. */
export function readinessChecks(parts: ReadinessParts): ReadinessCheck[] {
  const { archive, target, queue, tasks, bundles, home, load } = parts;
  return [
    { part: 'queue', look: async () => void (await queue.check()) },
    archiveCheck('archive', archive),
    ...(target === archive ? [] : [archiveCheck('target archive', target)]),
    { part: 'models', look: async () => unfitTasks(tasks, bundles)[0] },
    ...(load ? [loadedCheck(tasks, load)] : []),
    ...(home === undefined ? [] : [diskCheck(home)]),
  ];
}

/** Where the work itself asks nothing, the archive is asked so often. */
const ASK_AGAIN_MS = 30_000;
/** A study that no archive has (of the root of UUIDs, for this alone): the cheapest question there is. */
const NO_STUDY = parseUid<StudyInstanceUID>('2.25.99230190273012344519473281', 'StudyInstanceUID');

/** While its circuit is open nobody asks the archive, and no job is taken; once it is not, one question tells. */
export function archiveCheck(
  part: string,
  archive: WatchedArchive,
  now: () => number = () => performance.now(),
): ReadinessCheck {
  let answeredAt = Number.NEGATIVE_INFINITY;
  const glance = () => {
    if (archive.availability.isOpen()) return undefined;
    answeredAt = Number.NEGATIVE_INFINITY;
    return 'ARCHIVE_UNREACHABLE: it did not answer the last calls and is left alone for a while; no job is taken';
  };
  return {
    part,
    glance,
    async look(signal) {
      const known = glance();
      if (known !== undefined || now() - answeredAt < ASK_AGAIN_MS) return known;
      answeredAt = Number.NEGATIVE_INFINITY;
      for await (const _ of archive.searchStudies({ studyInstanceUID: NO_STUDY, limit: 1 }, signal)) break;
      answeredAt = now();
      return undefined;
    },
  };
}

/** Why tasks cannot be done, by each model of theirs that is absent or refused: their studies are passed over. */
export function unfitTasks(tasks: readonly Task[], bundles: Pick<BundleShelf, 'get'>): string[] {
  const reasons: string[] = [];
  for (const { id, models } of tasks) {
    for (const model of [models.vlsm, models.conventional]) {
      try {
        bundles.get(model);
      } catch (error) {
        reasons.push(`task ${id}: ${reasonOf(error)}`);
      }
    }
  }
  return reasons;
}

/** Loads what was not loaded yet, one task after the other; what cannot be loaded is tried again at each look. */
function loadedCheck(tasks: readonly Task[], load: (task: Task) => Promise<unknown>): ReadinessCheck {
  let state: string | undefined = 'being loaded';
  let isLoading = false;
  const loadAll = async () => {
    isLoading = true;
    try {
      for (const task of tasks) await load(task);
      state = undefined;
    } catch (error) {
      state = `not all could be loaded: ${reasonOf(error)}`;
    } finally {
      isLoading = false;
    }
  };
  return {
    part: 'loaded models',
    glance: () => state,
    async look() {
      if (state !== undefined && !isLoading) void loadAll();
      return state;
    },
  };
}

/** Less than a large result needs. */
const LEAST_FREE_BYTES = 128 * 2 ** 20;

/** @param free bytes that may still be written in a folder */
export function diskCheck(
  home: string,
  free: (folder: string) => Promise<number> = async (folder) => {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  },
): ReadinessCheck {
  return {
    part: 'disk',
    async look() {
      const bytes = await free(home);
      if (bytes < LEAST_FREE_BYTES)
        return `OUTPUT_UNWRITABLE: less than ${LEAST_FREE_BYTES / 2 ** 20} MiB are free in ${home}`;
      const probe = path.join(home, `.writable-${process.pid}`);
      try {
        await writeFile(probe, 'x');
        await rm(probe, { force: true });
      } catch (cause) {
        throw new MaskwrightError('OUTPUT_UNWRITABLE', `nothing can be written in ${home}`, { cause });
      }
      return undefined;
    },
  };
}
