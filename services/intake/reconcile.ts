import { type Catalogue, selectTasksOfSeries, sizesOfTask } from '@maskwright/catalogue';
import type { DataSet, SeriesInstanceUID, StudyInstanceUID } from '@maskwright/dicom';
import { type Archive, type InstanceEntry, instanceEntry, type SeriesEntry } from '@maskwright/dicomweb';
import { MaskwrightError } from '@maskwright/errors';
import {
  type BundleDigest,
  handIn,
  isUnderWay,
  type Job,
  type JobKey,
  jobFor,
  type Lane,
  type Queue,
} from '@maskwright/queue';
import { laneOf } from './lane.ts';
import { mayBeWanted } from './look.ts';
import type { KnownJob } from './memory/index.ts';

export interface ReconcileDeps {
  readonly archive: Archive;
  readonly queue: Queue;
  readonly catalogue: Catalogue;
  readonly bundleDigest: BundleDigest;
  readonly now: () => Date;
}
export interface ReconcileContext {
  readonly study: StudyInstanceUID;
  /** The study's series, where they are known already. */
  readonly series?: readonly SeriesEntry[];
  /** What is known of a job. */
  readonly known: (key: JobKey) => KnownJob | undefined;
  /** Told of the jobs that should exist before any of them is queued. */
  readonly onExpected?: (jobs: readonly Job[]) => void;
  /** Someone asks for the study: it is no backlog, however old it is. */
  readonly isNamed?: boolean | undefined;
  readonly traceparent?: string | undefined;
}

/** What should exist for a study, as far as its series can be read. */
export interface Expected {
  readonly jobs: readonly Job[];
  readonly unread: readonly { readonly series: SeriesInstanceUID; readonly error: MaskwrightError }[];
}

/** A job that was queued or begun this long ago and of which nothing was heard since is queued again. */
export const LOST_AFTER_MS = 24 * 3600_000;
/** Of the backlog: days of waiting are nothing unusual there, and Kafka keeps its messages for a week unless told otherwise. */
export const BACKLOG_LOST_AFTER_MS = 7 * LOST_AFTER_MS;
/**
 * A job that was superseded, yet should exist (the late images went away again, or the archive's answers differed for a
 * moment), is queued again after so long: where intake and segmenter disagree for good, they do so at leisure.
 */
export const WANTED_AFTER_MS = 600_000;

/**
 * Queues the jobs of a study that should have a result and have none: what should exist is a function of what the archive
 * holds and of the catalogue. Running it again queues nothing twice. A series that cannot be read keeps no other from its
 * jobs.
 * @returns the jobs of the study that apply, and those of them that were queued now
 */
export async function reconcileStudy(
  deps: ReconcileDeps,
  { study, series, known, onExpected, isNamed = false, traceparent }: ReconcileContext,
  signal?: AbortSignal,
): Promise<Expected & { readonly queued: readonly Job[] }> {
  const found = series ?? (await deps.archive.searchSeries(study, signal));
  const lane = (image: DataSet) => laneOf(image, { isNamed, now: deps.now() });
  const { jobs, unread } = await jobsOf(deps, found, { lane, traceparent }, signal);
  onExpected?.(jobs);
  const queued = jobs.filter(({ key, lane }) => isOpen(known(key), lane, deps.now()));
  await handIn(deps.queue, queued, deps.now);
  return { jobs, unread, queued };
}

/** The jobs that should exist for a study. */
export async function expectedJobs(
  deps: Pick<ReconcileDeps, 'archive' | 'catalogue' | 'bundleDigest'>,
  study: StudyInstanceUID,
  signal?: AbortSignal,
): Promise<readonly Job[]> {
  const series = await deps.archive.searchSeries(study, signal);
  return (await jobsOf(deps, series, { lane: () => 'routine' }, signal)).jobs;
}

async function jobsOf(
  deps: Pick<ReconcileDeps, 'archive' | 'catalogue' | 'bundleDigest'>,
  series: readonly SeriesEntry[],
  way: Way,
  signal?: AbortSignal,
): Promise<Expected> {
  const jobs: Job[] = [];
  const unread: { series: SeriesInstanceUID; error: MaskwrightError }[] = [];
  for (const entry of series) {
    if (!mayBeWanted(deps.catalogue, entry)) continue;
    const images = await imagesOf(deps.archive, entry, signal);
    if (images instanceof MaskwrightError) unread.push({ series: entry.seriesInstanceUID, error: images });
    else jobs.push(...jobsOfSeries(deps, entry, images, way));
  }
  return { jobs, unread };
}

/** What of a job does not decide its result. */
interface Way {
  /** By the metadata of a series' first image. */
  readonly lane: (image: DataSet) => Lane;
  readonly traceparent?: string | undefined;
}

/** All images of a series, or why there is nothing to be made of it: of one with an image without a usable UID no part. */
async function imagesOf(
  archive: Archive,
  { studyInstanceUID, seriesInstanceUID }: SeriesEntry,
  signal?: AbortSignal,
): Promise<InstanceEntry[] | MaskwrightError> {
  try {
    const metadata = await archive.retrieveMetadata(studyInstanceUID, seriesInstanceUID, signal);
    return metadata.map((dataset) => instanceEntry(dataset));
  } catch (error) {
    if (error instanceof MaskwrightError && !error.retryable) return error;
    throw error;
  }
}

function jobsOfSeries(
  { catalogue, bundleDigest }: Pick<ReconcileDeps, 'catalogue' | 'bundleDigest'>,
  { studyInstanceUID: study, seriesInstanceUID: series }: SeriesEntry,
  images: readonly InstanceEntry[],
  { lane: laneOfSeries, traceparent }: Way,
): Job[] {
  const [first] = images;
  if (!first) return [];
  const lane = laneOfSeries(first.dataset);
  const metadata = images.map(({ dataset }) => dataset);
  return selectTasksOfSeries(catalogue, metadata).flatMap(({ task }) =>
    sizesOfTask(catalogue, task, images).map(({ matrix, images: ofSize }) => {
      const sources = ofSize.map(({ sopInstanceUID }) => sopInstanceUID);
      return jobFor({ study, series, sources, task, matrix, lane, traceparent }, bundleDigest);
    }),
  );
}

/** @param lane into which it would be queued now */
function isOpen(known: KnownJob | undefined, lane: Lane, now: Date): boolean {
  if (!known) return true;
  const since = now.getTime() - known.at;
  // Someone has named the study of which it waits behind all others.
  if (known.kind === 'queued' && known.lane === 'backlog' && lane !== 'backlog') return true;
  // Begun counts as little as queued: whoever had it may have died, and the message be gone by retention.
  const lostAfterMs = known.lane === 'backlog' ? BACKLOG_LOST_AFTER_MS : LOST_AFTER_MS;
  return (isUnderWay(known.kind) && since > lostAfterMs) || (known.kind === 'superseded' && since > WANTED_AFTER_MS);
}
