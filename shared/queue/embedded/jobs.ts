import { pause } from '@maskwright/time';
import { attempt, type HandleJob } from '../attempt.ts';
import { type Backoff, backoffDelay } from '../backoff.ts';
import type { ConsumeOptions, JobQueue } from '../queue.ts';
import { passes } from './database.ts';
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
      // One worker that cannot go on (the file is gone) ends them all, each after the job in its hand.
      for (const worker of workers) worker.catch(() => broken.abort());
      const ends = await Promise.allSettled(workers);
      for (const end of ends) if (end.status === 'rejected') throw end.reason;
    },

    async deadLetters() {
      return table.deadLetters();
    },

    async replay(job) {
      const replayed = table.replay(job);
      wake.notify();
      return replayed;
    },
  };

  async function work(handle: HandleJob, options: ConsumeOptions, stop: AbortSignal): Promise<void> {
    let failures = 0;
    while (!stop.aborted) {
      if (options.gate?.isOpen() === false) {
        await options.gate.opened(stop);
        continue;
      }
      try {
        const claim = table.claim(Date.now());
        failures = 0;
        if (claim === null) await wake.wait(stop, untilDue());
        else {
          await settle(claim, handle, options);
          // The next job of the same study may be free now.
          wake.notify();
        }
      } catch (error) {
        // What has become of a job, and could not be written before the queue was closed, is not passed over.
        if (closing.aborted || !passes(error)) throw error;
        failures += 1;
        await pause(backoffDelay(failures, backoff), stop);
      }
    }
  }

  function untilDue(): number {
    const now = Date.now();
    return Math.min(POLL_MS, (table.nextDue(now) ?? Number.POSITIVE_INFINITY) - now);
  }

  async function settle(claim: Claim, handle: HandleJob, options: ConsumeOptions): Promise<void> {
    const outcome = await attempt(claim.job, handle, options, closing);
    if (outcome.kind === 'done') await write(() => table.done(claim));
    else if (outcome.kind === 'release') await write(() => table.release(claim));
    else if (outcome.kind === 'dead') await write(() => table.bury(claim, outcome.letter));
    else if (options.gate?.isOpen() === false) {
      await write(() => table.release(claim));
      options.onRetry?.(claim.job, outcome.error, 0);
    } else {
      const delayMs = backoffDelay(claim.failures + 1, backoff);
      await write(() => table.retryAt(claim, Date.now() + delayMs));
      options.onRetry?.(claim.job, outcome.error, delayMs);
    }
  }

  /** What has become of a job must be written: where the disk is full or the file busy, this waits; where it is broken, no waiting helps. */
  async function write(change: () => void): Promise<void> {
    for (let failures = 1; ; failures += 1) {
      try {
        change();
        return;
      } catch (error) {
        if (closing.aborted || !passes(error)) throw error;
        await pause(backoffDelay(failures, backoff), closing);
      }
    }
  }
}
