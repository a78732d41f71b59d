import { eventOf, handIn, subjectOf } from './job-for.ts';
import type { Job, JobEvent, JobKey, Queue, ResultSummary } from './queue.ts';

/**
 * Puts a dead letter back into its lane and says so in the log, so that whoever watches sees it wait.
 * @param isNamed someone waits for this very job: it is no backlog, as with studies that someone names
 * @returns false where there is no dead letter with this key
 */
export async function replayJob(
  queue: Pick<Queue, 'jobs' | 'events'>,
  key: JobKey,
  { isNamed, now }: { readonly isNamed: boolean; readonly now: () => Date },
): Promise<boolean> {
  const letter = (await queue.jobs.deadLetters()).find(({ job }) => job.key === key);
  if (!letter) return false;
  const job: Job = isNamed && letter.job.lane === 'backlog' ? { ...letter.job, lane: 'routine' } : letter.job;
  const at = now();
  if (!(await queue.jobs.replay(job))) return false;
  const words = job.prompt === undefined ? {} : { prompt: job.prompt };
  await queue.events.append(eventOf(job, { kind: 'queued', lane: job.lane, ...words }, at));
  return true;
}

/** A result whose event says that it is stored is made again: it was deleted, say. The same job gives the same UIDs. */
export async function remakeResult(
  queue: Pick<Queue, 'jobs' | 'events'>,
  event: JobEvent,
  now: () => Date,
): Promise<boolean> {
  if (event.state.kind !== 'stored') return false;
  const words = wordsOf(event.state.result);
  const prompt = words === undefined ? {} : { prompt: words };
  const job: Job = { schema: 'maskwright.job/1', ...subjectOf(event), lane: 'interactive', ...prompt };
  await handIn(queue, [job], now);
  return true;
}

/** A person's words; of results from before 2026-11-29 only what was asked for the first segment is known. */
export function wordsOf({ words, segments }: ResultSummary): string | undefined {
  return words ?? segments.find(({ promptType }) => promptType === 'human')?.prompt;
}
