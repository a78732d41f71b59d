import { type Backoff, backoffDelay } from '../backoff.ts';
import type { ConsumeOptions, DeadLetter, Job, JobQueue } from '../queue.ts';
import { judge, type Verdict } from '../verdict.ts';
import type { Claim, JobTable } from './job-table.ts';
import type { Wake } from './wake.ts';

/** How long another process's jobs on the same file may go unseen; within one process nobody waits for this. */
const POLL_MS = 1000;

export interface JobsParts {
  readonly table: JobTable;
  readonly wake: Wake;
  readonly backoff: Backoff;
  /** Aborts when the queue is closed: consumers end and handlers are told to hurry. */
  readonly closing: AbortSignal;
}

type Handle = (job: Job, signal: AbortSignal) => Promise<void>;

export function embeddedJobs({ table, wake, backoff, closing }: JobsParts): JobQueue {
  return {
    async enqueue(jobs) {
      table.add(jobs);
      wake.notify();
    },

    async consume(handle, options) {
      const broken = new AbortController();
      const stop = AbortSignal.any([options.signal, closing, broken.signal]);
      const workers = Array.from({ length: options.concurrency ?? 1 }, () => work(handle, options, stop));
      // One worker that cannot go on (a full disk) ends them all, each after the job in its hand.
      for (const worker of workers) worker.catch(() => broken.abort());
      const ends = await Promise.allSettled(workers);
      for (const end of ends) if (end.status === 'rejected') throw end.reason;
    },

    async deadLetters() {
      return table.deadLetters();
    },

    async replay(key) {
      const replayed = table.replay(key);
      wake.notify();
      return replayed;
    },
  };

  async function work(handle: Handle, options: ConsumeOptions, stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      const claim = table.claim(Date.now());
      if (claim === null) await wake.wait(stop, untilDue());
      else {
        await settle(claim, handle, options);
        // The next job of the same study may be free now.
        wake.notify();
      }
    }
  }

  function untilDue(): number {
    const now = Date.now();
    return Math.min(POLL_MS, (table.nextDue(now) ?? Number.POSITIVE_INFINITY) - now);
  }

  async function settle(claim: Claim, handle: Handle, options: ConsumeOptions): Promise<void> {
    const verdict = await attempt(claim.job, handle, options);
    if (verdict.kind === 'done') table.done(claim);
    else if (verdict.kind === 'release') table.release(claim);
    else if (verdict.kind === 'dead') table.bury(claim, verdict.letter);
    else {
      const delayMs = backoffDelay(claim.failures + 1, backoff);
      table.retryAt(claim, Date.now() + delayMs);
      options.onRetry?.(claim.job, verdict.error, delayMs);
    }
  }

  async function attempt(job: Job, handle: Handle, options: ConsumeOptions): Promise<Settled> {
    try {
      await handle(job, closing);
      return { kind: 'done' };
    } catch (error) {
      const verdict = judge(error, closing.aborted || options.signal.aborted);
      if (verdict.kind !== 'dead') return verdict;
      const letter = { job, code: verdict.code, reason: verdict.reason, at: new Date().toISOString() };
      return setAside(letter, options);
    }
  }

  /** Where nobody can be told that the job is dead, it is not: it is tried again. */
  async function setAside(letter: DeadLetter, options: ConsumeOptions): Promise<Settled> {
    try {
      await options.onDeadLetter?.(letter);
      return { kind: 'dead', letter };
    } catch (error) {
      if (closing.aborted) return { kind: 'release' };
      return { kind: 'retry', error: error instanceof Error ? error : new Error(String(error)) };
    }
  }
}

type Settled =
  | { readonly kind: 'done' }
  | Exclude<Verdict, { readonly kind: 'dead' }>
  | { readonly kind: 'dead'; readonly letter: DeadLetter };
