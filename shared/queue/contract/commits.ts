import { describe, expect, test } from 'vitest';
import { sampleJob } from '../sample.ts';
import { handled, settled } from './consume.ts';
import type { Opened } from './place.ts';

export function jobCommits(opened: Opened): void {
  describe('jobs and their commit', () => {
    test('are not committed before the handler is done: the next consumer gets what a closed one had in hand', async () => {
      const job = sampleJob(1);
      await opened.queue.jobs.enqueue([job]);
      const first = opened.place.open();
      const { promise: inHand, resolve } = Promise.withResolvers<void>();
      const ended = first.jobs.consume(
        (_job, signal) => {
          resolve();
          return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
        },
        { signal: new AbortController().signal },
      );
      await inHand;
      await first.close();
      await ended;
      expect(await handled(opened.queue, 1)).toEqual([job]);
      expect(await opened.queue.jobs.deadLetters()).toEqual([]);
    });

    test('that are handled do not come again to the next consumer', async () => {
      await opened.queue.jobs.enqueue([sampleJob(1), sampleJob(2)]);
      await handled(opened.queue, 1);
      expect(await handled(opened.queue, 1)).toEqual([sampleJob(2)]);
    });

    test('the job in hand is finished when the consumer is told to stop, and no other is begun', async () => {
      await opened.queue.jobs.enqueue([1, 2].map((index) => sampleJob(index)));
      const stop = new AbortController();
      const seen: string[] = [];
      await opened.queue.jobs.consume(
        async (job, signal) => {
          stop.abort();
          await settled();
          expect(signal.aborted).toBe(false);
          seen.push(job.key);
        },
        { signal: stop.signal },
      );
      expect(seen).toEqual([sampleJob(1).key]);
    });
  });
}
