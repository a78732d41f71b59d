import { MaskwrightError } from '@maskwright/errors';
import { describe, expect, test } from 'vitest';
import type { DeadLetter, Job } from '../queue.ts';
import { sampleJob } from '../sample.ts';
import { bury, handled, testGate } from './consume.ts';
import type { Opened } from './place.ts';

export function jobFailures(opened: Opened): void {
  describe('jobs that fail', () => {
    test('are tried again after a retryable error, with the neighbours going on meanwhile', async () => {
      const sick = sampleJob(1, { lane: 'interactive' });
      const healthy = [2, 3, 4].map((index) => sampleJob(index));
      await opened.queue.jobs.enqueue([sick, ...healthy]);
      const retries: string[] = [];
      const done: string[] = [];
      const stop = new AbortController();
      await opened.queue.jobs.consume(
        async (job) => {
          if (job.key === sick.key && done.length < healthy.length) {
            throw new MaskwrightError('ARCHIVE_UNREACHABLE', 'no answer');
          }
          done.push(job.key);
          if (done.length === 4) stop.abort();
        },
        { signal: stop.signal, onRetry: (job) => retries.push(job.key) },
      );
      expect(done).toEqual([...healthy, sick].map((job) => job.key));
      expect(new Set(retries)).toEqual(new Set([sick.key]));
      expect(await opened.queue.jobs.deadLetters()).toEqual([]);
    });

    test('one that fails again and again does not hold up the other studies of its lane', async () => {
      const sick = sampleJob(0, { study: '1.2.0' });
      const healthy = Array.from({ length: 12 }, (_, index) => sampleJob(index + 1, { study: `1.2.${index + 1}` }));
      await opened.queue.jobs.enqueue([sick, ...healthy]);
      const done: string[] = [];
      let tries = 0;
      const stop = new AbortController();
      await opened.queue.jobs.consume(
        async (job) => {
          if (job.key === sick.key && (++tries < 6 || done.length < healthy.length))
            throw new MaskwrightError('ARCHIVE_UNREACHABLE', 'no answer');
          done.push(job.key);
          if (done.length === 13) stop.abort();
        },
        { signal: stop.signal },
      );
      expect(done.toSorted()).toEqual([sick, ...healthy].map(({ key }) => key).toSorted());
      expect(done.at(-1)).toBe(sick.key);
      await opened.queue.jobs.enqueue([sampleJob(99)]);
      expect(await handled(opened.queue, 1)).toEqual([sampleJob(99)]);
    });

    test('none is begun while the gate is closed, and what failed meanwhile waits in its place', async () => {
      const jobs = [1, 2, 3].map((index) => sampleJob(index));
      await opened.queue.jobs.enqueue(jobs);
      const gate = testGate();
      const tried: string[] = [];
      const delays: number[] = [];
      const stop = new AbortController();
      await opened.queue.jobs.consume(
        async (job) => {
          expect(gate.isOpen()).toBe(true);
          tried.push(job.key);
          if (tried.length < 6) {
            gate.closeFor(5);
            throw new MaskwrightError('ARCHIVE_UNREACHABLE', 'no answer');
          }
          if (tried.length === 8) stop.abort();
        },
        { signal: stop.signal, gate, onRetry: (_job, _error, delayMs) => delays.push(delayMs) },
      );
      const [first, ...others] = jobs.map(({ key }) => key);
      expect(tried).toEqual([...Array(6).fill(first), ...others]);
      expect(delays).toEqual(Array(5).fill(0));
    });

    test('a key that was done before is done anew when someone asks for it', async () => {
      await opened.queue.jobs.enqueue([sampleJob(1)]);
      await handled(opened.queue, 1);
      await opened.queue.jobs.enqueue([sampleJob(1)]);
      expect(await handled(opened.queue, 1)).toEqual([sampleJob(1)]);
    });

    test('that fail for good are set aside with their reason, and the neighbours go on', async () => {
      const jobs = [1, 2, 3].map((index) => sampleJob(index, { study: '1.2.3' }));
      await opened.queue.jobs.enqueue(jobs);
      const told: DeadLetter[] = [];
      const stop = new AbortController();
      await opened.queue.jobs.consume(
        async (job) => {
          if (job.key === jobs[0]?.key) throw new MaskwrightError('NO_PIXEL_DATA', 'instance 1.2.3.4 has no pixels');
          if (job.key === jobs[1]?.key) throw new TypeError('x is undefined');
          stop.abort();
        },
        { signal: stop.signal, onDeadLetter: async (letter) => void told.push(letter) },
      );
      expect(told).toMatchObject([
        { job: jobs[0], code: 'NO_PIXEL_DATA', reason: 'instance 1.2.3.4 has no pixels' },
        { job: jobs[1], code: 'UNEXPECTED', reason: 'TypeError: x is undefined' },
      ]);
      expect(await opened.queue.jobs.deadLetters()).toEqual(told);
    });

    test('come back by replay, once', async () => {
      const job = sampleJob(1);
      await opened.queue.jobs.enqueue([job]);
      await bury(opened.queue, job);
      expect(await opened.queue.jobs.replay(sampleJob(2))).toBe(false);
      expect(await opened.queue.jobs.replay(job)).toBe(true);
      expect(await opened.queue.jobs.deadLetters()).toEqual([]);
      expect(await opened.queue.jobs.replay(job)).toBe(false);
      expect(await handled(opened.queue, 1)).toEqual([job]);
    });

    test('come back in another lane, where the replay names one', async () => {
      const old = sampleJob(1, { study: '1.2.1', lane: 'backlog' });
      await opened.queue.jobs.enqueue([old]);
      await bury(opened.queue, old);
      const behind = sampleJob(2, { study: '1.2.2', lane: 'backlog' });
      await opened.queue.jobs.enqueue([behind]);
      const awaited: Job = { ...old, lane: 'routine' };
      expect(await opened.queue.jobs.replay(awaited)).toBe(true);
      expect(await handled(opened.queue, 2)).toEqual([awaited, behind]);
    });
  });
}
