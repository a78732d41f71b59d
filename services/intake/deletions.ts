import type { SOPInstanceUID, StudyInstanceUID } from '@maskwright/dicom';
import type { Archive } from '@maskwright/dicomweb';
import { eventOf, handIn, type Job, type JobEvent, type Queue, subjectOf } from '@maskwright/queue';
import { resultLineage, resultObject } from '@maskwright/result';
import type { Telemetry } from '@maskwright/telemetry';
import type { StoredJob, StudyMemory } from './memory/index.ts';

export interface DeletionDeps {
  readonly archive: Pick<Archive, 'searchSeries' | 'searchInstances'>;
  /** Where results go; default: the archive. */
  readonly target?: Pick<Archive, 'searchSeries' | 'searchInstances'> | undefined;
  readonly queue: Pick<Queue, 'jobs' | 'events'>;
  readonly memory: StudyMemory;
  readonly absences: Absences;
  /** Whether what was deleted is made again; else that it was is noted, once. */
  readonly remakeDeleted?: boolean | undefined;
  readonly telemetry: Pick<Telemetry, 'log' | 'traceparent'>;
  readonly now: () => Date;
}

/** Results that are not where they were stored, and since when: an archive that is slow to list what it took is given time. */
export class Absences {
  readonly #since = new Map<string, number>();
  readonly #quietMs: number;
  constructor(quietMs: number) {
    this.#quietMs = quietMs;
  }

  /** @returns milliseconds until it may be believed; 0: it is */
  observe(key: string, now: number): number {
    const since = Math.min(this.#since.get(key) ?? now, now);
    this.#since.set(key, since);
    return Math.max(0, since + this.#quietMs - now);
  }

  forget(key: string): void {
    this.#since.delete(key);
  }
}

/**
 * Compares the results of a study that the log calls stored with what the archive has of them. Whoever deletes a result in
 * the PACS has a reason, most often that it is wrong: by default it stays away, and the log says so. Where `remakeDeleted`
 * is set, what should exist is made again, as often as it is deleted; a person's own words never are.
 * @returns milliseconds until a deletion may be believed; 0: all has been dealt with
 */
export async function noticeDeletions(
  deps: DeletionDeps,
  study: StudyInstanceUID,
  signal: AbortSignal,
): Promise<number> {
  const { memory, absences, now } = deps;
  const stored = memory.results.stored(study);
  if (stored.length === 0) return 0;
  const target = deps.target ?? deps.archive;
  const series = new Set((await target.searchSeries(study, signal)).map(({ seriesInstanceUID }) => seriesInstanceUID));
  const absent = new Map<StoredJob, readonly SOPInstanceUID[]>();
  let wait = 0;
  for (const job of stored) {
    const gone = await absentOf(target, study, job, series, signal);
    if (gone.length === 0) {
      absences.forget(job.key);
      continue;
    }
    const left = absences.observe(job.key, now().getTime());
    if (left > 0) wait = Math.max(wait, left);
    else absent.set(job, gone);
  }
  await dealWith(deps, study, absent, signal);
  return wait;
}

async function dealWith(
  deps: DeletionDeps,
  study: StudyInstanceUID,
  absent: ReadonlyMap<StoredJob, readonly SOPInstanceUID[]>,
  signal: AbortSignal,
): Promise<void> {
  const { queue, absences, remakeDeleted } = deps;
  const noted = [...absent.keys()].filter(({ expected }) => !(remakeDeleted && expected));
  const newest =
    noted.length > 0
      ? await queue.events.newest(
          noted.map(({ key }) => key),
          signal,
        )
      : new Map<string, JobEvent>();
  for (const [job, gone] of absent) {
    await (noted.includes(job) ? note(deps, study, newest.get(job.key), gone) : remake(deps, study, job));
    absences.forget(job.key);
  }
}

async function absentOf(
  target: Pick<Archive, 'searchInstances'>,
  study: StudyInstanceUID,
  job: StoredJob,
  seriesThere: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<SOPInstanceUID[]> {
  const lineage = resultLineage(job.words ? { ...job, prompt: 'of a person' } : job);
  const bySeries = Map.groupBy(job.outputs, (uid) => resultObject(job.key, uid, lineage).seriesInstanceUID);
  const absent: SOPInstanceUID[] = [];
  for (const [series, uids] of bySeries) {
    const entries = seriesThere.has(series) ? await target.searchInstances(study, series, signal) : [];
    const there = new Set(entries.map(({ sopInstanceUID }) => sopInstanceUID));
    absent.push(...uids.filter((uid) => !there.has(uid)));
  }
  return absent;
}

/** The same job: the same UIDs, so that it cannot become two results. */
async function remake(deps: DeletionDeps, study: StudyInstanceUID, stored: StoredJob): Promise<void> {
  const { queue, memory, telemetry, now } = deps;
  const traceparent = telemetry.traceparent();
  const trace = traceparent === undefined ? {} : { traceparent };
  const subject = subjectOf({ ...stored, study });
  const job: Job = { schema: 'maskwright.job/1', ...subject, lane: 'routine', ...trace };
  const at = now();
  await handIn(queue, [job], now);
  memory.jobs.note(eventOf(job, { kind: 'queued', lane: job.lane }, at));
  telemetry.log.info(subject, 'a result was deleted in the archive: it is made again');
}

/** @param last what the log says last of the result */
async function note(
  { queue, memory, telemetry, now }: DeletionDeps,
  study: StudyInstanceUID,
  last: JobEvent | undefined,
  sopInstanceUIDs: readonly SOPInstanceUID[],
): Promise<void> {
  // It is being made again, or another one has taken its place.
  if (last?.state.kind !== 'stored') return;
  const { key, series, task } = last;
  const at = now().toISOString();
  const before = last.state.deleted?.sopInstanceUIDs ?? [];
  const deleted = { at, sopInstanceUIDs: [...new Set([...before, ...sopInstanceUIDs])] };
  const event = { ...last, at, state: { ...last.state, deleted } };
  await queue.events.append(event);
  memory.jobs.note(event);
  telemetry.log.info(
    { study, series, task, key, sopInstanceUIDs },
    'a result was deleted in the archive: it stays away (intake.remakeDeleted; maskwright replay makes it again)',
  );
}
