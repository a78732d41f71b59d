import type { SeriesInstanceUID, SOPInstanceUID, StudyInstanceUID } from '@maskwright/dicom';
import { jobKey } from './job-key.ts';
import type { Job, JobEvent, Lane, Queue } from './queue.ts';

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
  readonly lane: Lane;
  readonly prompt?: string | undefined;
  readonly traceparent?: string | undefined;
}

/** The job whose key is a digest of everything that decides its result. */
export function jobFor(request: JobRequest, bundleDigest: BundleDigest): Job {
  const { study, series, sources, task, lane, prompt, traceparent } = request;
  const words = prompt === undefined ? {} : { prompt };
  const key = jobKey({
    sources,
    task: `${task.id}@${task.digest}`,
    bundles: [task.models.vlsm, task.models.conventional].map(bundleDigest),
    resultVersion: RESULT_VERSION,
    ...words,
  });
  const trace = traceparent === undefined ? {} : { traceparent };
  return { schema: 'maskwright.job/1', key, study, series, task: task.id, lane, ...words, ...trace };
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
  const { key, study, series, task } = job;
  return { schema: 'maskwright.event/1', key, study, series, task, at: at.toISOString(), state };
}
