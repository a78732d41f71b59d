import { MaskwrightError } from '@maskwright/errors';
import type { ConsumeOptions, Gate, Job, Queue } from '../queue.ts';

/** Consumes until `count` jobs are handled and committed. */
export async function handled(queue: Queue, count: number, options: Partial<ConsumeOptions> = {}): Promise<Job[]> {
  const jobs: Job[] = [];
  const stop = new AbortController();
  await queue.jobs.consume(
    async (job) => {
      jobs.push(job);
      if (jobs.length === count) stop.abort();
    },
    { ...options, signal: stop.signal },
  );
  return jobs;
}

export async function noticed(queue: Queue, count: number, invalid: string[] = []) {
  const notices: unknown[] = [];
  const stop = new AbortController();
  await queue.notices.consume(
    async (notice) => {
      notices.push(notice);
      if (notices.length === count) stop.abort();
    },
    { signal: stop.signal, onInvalid: (reason) => invalid.push(reason) },
  );
  return notices;
}

export async function bury(queue: Queue, job: Job): Promise<void> {
  const stop = new AbortController();
  await queue.jobs.consume(
    async (next) => {
      if (next.key !== job.key) return;
      stop.abort();
      throw new MaskwrightError('NO_PIXEL_DATA', 'no pixels');
    },
    { signal: stop.signal },
  );
}

/** Lets everything happen that is due in this process. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** A gate that is open until it is told otherwise. */
export function testGate(): Gate & { closeFor(ms: number): void } {
  let closed: Promise<void> | undefined;
  return {
    isOpen: () => closed === undefined,
    opened: async () => closed,
    closeFor(ms) {
      closed = new Promise((resolve) => {
        setTimeout(() => {
          closed = undefined;
          resolve();
        }, ms);
      });
    },
  };
}
