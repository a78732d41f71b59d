import { describe, expect, test } from 'vitest';
import type { Job } from '../queue.ts';
import { sampleJob } from '../sample.ts';
import { handled, settled } from './consume.ts';
import type { Opened } from './place.ts';

export function jobOrder(opened: Opened): void {
  describe('jobs in their order', () => {
    test('reach the handler as they were sent', async () => {
      const job = {
        ...sampleJob(1),
        prompt: 'two polyps, “large”',
        traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
      };
      await opened.queue.jobs.enqueue([job]);
      expect(await handled(opened.queue, 1)).toEqual([job]);
    });

    test('keep their order within a study and a lane', async () => {
      const jobs = Array.from({ length: 40 }, (_, index) => sampleJob(index, { study: `1.2.${index % 4}` }));
      for (const job of jobs) await opened.queue.jobs.enqueue([job]);
      const order = await handled(opened.queue, 40, { concurrency: 4 });
      for (const { study } of jobs.slice(0, 4)) {
        expect(order.filter((job) => job.study === study)).toEqual(jobs.filter((job) => job.study === study));
      }
    });

    test('are taken by lane: interactive before stat before routine before backlog', async () => {
      await opened.queue.jobs.enqueue([
        sampleJob(6, { lane: 'backlog' }),
        sampleJob(1, { lane: 'routine' }),
        sampleJob(2, { lane: 'stat' }),
        sampleJob(3, { lane: 'interactive' }),
        sampleJob(4, { lane: 'routine' }),
        sampleJob(5, { lane: 'interactive', study: '1.2.5' }),
      ]);
      const lanes = (await handled(opened.queue, 6)).map((job) => job.lane);
      expect(lanes).toEqual(['interactive', 'interactive', 'stat', 'routine', 'routine', 'backlog']);
    });

    test('an interactive job goes before the routine ones that wait already', async () => {
      await opened.queue.jobs.enqueue(
        [1, 2, 3, 4].map((index) => sampleJob(index, { lane: 'routine', study: '1.2.3' })),
      );
      const order: Job[] = [];
      const stop = new AbortController();
      await opened.queue.jobs.consume(
        async (job) => {
          order.push(job);
          if (order.length === 1) {
            const arrived = opened.place.arrival('interactive');
            await opened.queue.jobs.enqueue([sampleJob(9, { lane: 'interactive' })]);
            await arrived;
          }
          if (order.length === 5) stop.abort();
        },
        { signal: stop.signal },
      );
      expect(order.map((job) => job.lane)).toEqual(['routine', 'interactive', 'routine', 'routine', 'routine']);
    });

    test('are handled at the same time up to the concurrency', async () => {
      await opened.queue.jobs.enqueue(
        Array.from({ length: 12 }, (_, index) => sampleJob(index, { study: `1.2.${index}` })),
      );
      const { promise: bothIn, resolve } = Promise.withResolvers<void>();
      let inside = 0;
      let most = 0;
      let count = 0;
      const stop = new AbortController();
      await opened.queue.jobs.consume(
        async () => {
          inside += 1;
          count += 1;
          most = Math.max(most, inside);
          if (inside === 2) resolve();
          await bothIn;
          await settled();
          inside -= 1;
          if (count === 12) stop.abort();
        },
        { signal: stop.signal, concurrency: 2 },
      );
      expect(most).toBe(2);
    });
  });
}
