import { type Catalogue, selectTasks } from '@maskwright/catalogue';
import { parseUid, type SOPInstanceUID, type StudyInstanceUID, text } from '@maskwright/dicom';
import type { Archive, SeriesEntry } from '@maskwright/dicomweb';
import { type BundleDigest, handIn, type Job, type JobEvent, type JobKey, jobFor, type Queue } from '@maskwright/queue';

export interface ReconcileDeps {
  readonly archive: Archive;
  readonly queue: Queue;
  readonly catalogue: Catalogue;
  readonly bundleDigest: BundleDigest;
  readonly now: () => Date;
}

/** A job that was queued this long ago and of which nothing was heard since is queued again. */
const LOST_AFTER_MS = 24 * 3600_000;

/**
 * Queues the jobs of a study that should have a result and have none: what should exist is a function of what the archive
 * holds and of the catalogue. Running it again queues nothing twice.
 * @returns the jobs of the study that apply, and how many of them were queued now
 */
export async function reconcileStudy(
  deps: ReconcileDeps,
  study: StudyInstanceUID,
  known: ReadonlyMap<JobKey, JobEvent>,
  traceparent?: string,
  signal?: AbortSignal,
): Promise<{ readonly jobs: readonly Job[]; readonly queued: number }> {
  const jobs = await expectedJobs(deps, study, signal, traceparent);
  const open = jobs.filter((job) => isOpen(known.get(job.key), deps.now()));
  await handIn(deps.queue, open, deps.now);
  return { jobs, queued: open.length };
}

/** What should exist for a study. */
export async function expectedJobs(
  deps: Pick<ReconcileDeps, 'archive' | 'catalogue' | 'bundleDigest'>,
  study: StudyInstanceUID,
  signal?: AbortSignal,
  traceparent?: string,
): Promise<Job[]> {
  const jobs: Job[] = [];
  for (const series of await deps.archive.searchSeries(study, signal)) {
    jobs.push(...(await jobsOfSeries(deps, series, traceparent, signal)));
  }
  return jobs;
}

async function jobsOfSeries(
  deps: Pick<ReconcileDeps, 'archive' | 'catalogue' | 'bundleDigest'>,
  entry: SeriesEntry,
  traceparent?: string,
  signal?: AbortSignal,
): Promise<Job[]> {
  const { studyInstanceUID: study, seriesInstanceUID: series } = entry;
  const possible = deps.catalogue.tasks.some(
    (task) => !entry.modality || task.select.modality.includes(entry.modality),
  );
  if (!possible) return [];
  const metadata = await deps.archive.retrieveMetadata(study, series, signal);
  const [first] = metadata;
  if (!first) return [];
  const sources = metadata.map((dataset) =>
    parseUid<SOPInstanceUID>(text(dataset, 'SOPInstanceUID'), 'SOPInstanceUID'),
  );
  return selectTasks(deps.catalogue, first).map(({ task }) =>
    jobFor(
      { study, series, sources, task, lane: laneOf(text(first, 'RequestedProcedurePriority')), traceparent },
      deps.bundleDigest,
    ),
  );
}

/** Requested Procedure Priority (0040,1003), PS3.3 C.4.11: STAT and HIGH go before the rest. */
function laneOf(priority: string | undefined): Job['lane'] {
  return priority === 'STAT' || priority === 'HIGH' ? 'stat' : 'routine';
}

function isOpen(event: JobEvent | undefined, now: Date): boolean {
  if (!event) return true;
  return event.state.kind === 'queued' && now.getTime() - Date.parse(event.at) > LOST_AFTER_MS;
}
