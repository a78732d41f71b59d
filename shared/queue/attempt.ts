import type { ConsumeOptions, DeadLetter, Job } from './queue.ts';
import { judge, type Verdict } from './verdict.ts';

export type Attempted =
  | { readonly kind: 'done' }
  | Exclude<Verdict, { readonly kind: 'dead' }>
  | { readonly kind: 'dead'; readonly letter: DeadLetter };

export type HandleJob = (job: Job, signal: AbortSignal) => Promise<void>;

/**
 * Runs the handler once; what it threw decides what becomes of the job. Where nobody can be told that a job is dead, it
 * is not: it is tried again.
 * @param signal tells the handler to stop at once
 */
export async function attempt(
  job: Job,
  handle: HandleJob,
  options: ConsumeOptions,
  signal: AbortSignal,
): Promise<Attempted> {
  const stopping = () => signal.aborted || options.signal.aborted;
  try {
    await handle(job, signal);
    return { kind: 'done' };
  } catch (error) {
    const verdict = judge(error, stopping());
    if (verdict.kind !== 'dead') return verdict;
    const letter: DeadLetter = {
      schema: 'maskwright.dead-letter/1',
      job,
      code: verdict.code,
      reason: verdict.reason,
      at: new Date().toISOString(),
    };
    try {
      await options.onDeadLetter?.(letter);
      return { kind: 'dead', letter };
    } catch (untold) {
      if (stopping()) return { kind: 'release' };
      return { kind: 'retry', error: untold instanceof Error ? untold : new Error(String(untold)) };
    }
  }
}
