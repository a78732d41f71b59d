import type { Matrix, SeriesInstanceUID, SOPInstanceUID, StudyInstanceUID } from '@maskwright/dicom';
import { jobKey } from './job-key.ts';
import type { Job, JobEvent, JobSubject, Lane, Queue } from './queue.ts';

/** Raised when the same input must give a new result: whoever changes what a mask looks like raises it. */
export const RESULT_VERSION = '3';

/** Digest of a bundle by its id; MODEL_UNKNOWN where there is none. */
export type BundleDigest = (modelId: string) => string;

export interface JobRequest {
  readonly study: StudyInstanceUID;
  readonly series: SeriesInstanceUID;
  readonly sources: readonly SOPInstanceUID[];
  /** A task of the catalogue. */
  readonly task: {
    readonly id: string;
    readonly digest: string;
    readonly models: { readonly vlsm: string; readonly conventional: string };
  };
  /** Where the sources are the images of one of several sizes. */
  readonly matrix?: Matrix | undefined;
  readonly lane: Lane;
  readonly prompt?: string | undefined;
  readonly traceparent?: string | undefined;
}

/** The job whose key is a digest of everything that decides its result. */
export function jobFor(request: JobRequest, bundleDigest: BundleDigest): Job {
  const { study, series, sources, task, matrix, lane, prompt, traceparent } = request;
  const words = prompt === undefined ? {} : { prompt };
  const size = matrix === undefined ? {} : { matrix };
  const key = jobKey({
    sources,
    ...size,
    task: `${task.id}@${task.digest}`,
    bundles: [task.models.vlsm, task.models.conventional].map(bundleDigest),
    resultVersion: RESULT_VERSION,
    ...words,
  });
  const trace = traceparent === undefined ? {} : { traceparent };
  return { schema: 'maskwright.job/1', key, study, series, task: task.id, ...size, lane, ...words, ...trace };
}

/** That of a job, or of an event, alone. */
export function subjectOf({ key, study, series, task, matrix }: JobSubject): JobSubject {
  return { key, study, series, task, ...(matrix && { matrix }) };
}

/** Hands jobs in: each is durable in its lane before the log says that it waits. */
export async function handIn(
  queue: Pick<Queue, 'jobs' | 'events'>,
  jobs: readonly Job[],
  now: () => Date,
): Promise<void> {
  // The time is taken first: the segmenter may say "running" before these events are in the log.
  const at = now();
  await queue.jobs.enqueue(jobs);
  for (const job of jobs) {
    const { lane, prompt } = job;
    await queue.events.append(eventOf(job, { kind: 'queued', lane, ...(prompt === undefined ? {} : { prompt }) }, at));
  }
}

export function eventOf(job: Job, state: JobEvent['state'], at: Date): JobEvent {
  return { schema: 'maskwright.event/1', ...subjectOf(job), at: at.toISOString(), state };
}
