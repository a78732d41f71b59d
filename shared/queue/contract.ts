/** What every adapter of the queue port must do. Run by the test of each adapter. */
import { MaskwrightError } from '@maskwright/errors';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ConsumeOptions, DeadLetter, Job, JobEvent, Lane, Queue } from './queue.ts';
import { sampleEvent, sampleJob, sampleNotice } from './sample.ts';

/** One place where messages lie. Each queue opened on it is like a process of its own. */
export interface QueuePlace {
  open(): Queue;
  /** Resolves when a consumer has the messages within reach that were sent before; where that takes no time, at once. */
  arrival(lane: Lane): Promise<void>;
  /** Writes a notice as some other program might. */
  writeNotice(text: string): Promise<void>;
}

export function queueContract(makePlace: () => Promise<QueuePlace>): void {
  let place: QueuePlace;
  let queue: Queue;
  beforeEach(async () => {
    place = await makePlace();
    queue = place.open();
  });
  afterEach(() => queue.close());

  describe('jobs', () => {
    test('reach the handler as they were sent', async () => {
      const job = {
        ...sampleJob(1),
        prompt: 'two polyps, “large”',
        traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
      };
      await queue.jobs.enqueue([job]);
      expect(await handled(queue, 1)).toEqual([job]);
    });

    test('keep their order within a study and a lane', async () => {
      const jobs = Array.from({ length: 40 }, (_, index) => sampleJob(index, { study: `1.2.${index % 4}` }));
      for (const job of jobs) await queue.jobs.enqueue([job]);
      const order = await handled(queue, 40, { concurrency: 4 });
      for (const { study } of jobs.slice(0, 4)) {
        expect(order.filter((job) => job.study === study)).toEqual(jobs.filter((job) => job.study === study));
      }
    });

    test('are taken by lane: interactive before stat before routine', async () => {
      await queue.jobs.enqueue([
        sampleJob(1, { lane: 'routine' }),
        sampleJob(2, { lane: 'stat' }),
        sampleJob(3, { lane: 'interactive' }),
        sampleJob(4, { lane: 'routine' }),
        sampleJob(5, { lane: 'interactive', study: '1.2.5' }),
      ]);
      const lanes = (await handled(queue, 5)).map((job) => job.lane);
      expect(lanes).toEqual(['interactive', 'interactive', 'stat', 'routine', 'routine']);
    });

    test('an interactive job goes before the routine ones that wait already', async () => {
      await queue.jobs.enqueue([1, 2, 3, 4].map((index) => sampleJob(index, { lane: 'routine', study: '1.2.3' })));
      const order: Job[] = [];
      const stop = new AbortController();
      await queue.jobs.consume(
        async (job) => {
          order.push(job);
          if (order.length === 1) {
            const arrived = place.arrival('interactive');
            await queue.jobs.enqueue([sampleJob(9, { lane: 'interactive' })]);
            await arrived;
          }
          if (order.length === 5) stop.abort();
        },
        { signal: stop.signal },
      );
      expect(order.map((job) => job.lane)).toEqual(['routine', 'interactive', 'routine', 'routine', 'routine']);
    });

    test('are handled at the same time up to the concurrency', async () => {
      await queue.jobs.enqueue(Array.from({ length: 12 }, (_, index) => sampleJob(index, { study: `1.2.${index}` })));
      const { promise: bothIn, resolve } = Promise.withResolvers<void>();
      let inside = 0;
      let most = 0;
      let count = 0;
      const stop = new AbortController();
      await queue.jobs.consume(
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

    test('are tried again after a retryable error, with the neighbours going on meanwhile', async () => {
      const sick = sampleJob(1, { lane: 'interactive' });
      const healthy = [2, 3, 4].map((index) => sampleJob(index));
      await queue.jobs.enqueue([sick, ...healthy]);
      const retries: string[] = [];
      const done: string[] = [];
      const stop = new AbortController();
      await queue.jobs.consume(
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
      expect(await queue.jobs.deadLetters()).toEqual([]);
    });

    test('that fail for good are set aside with their reason, and the neighbours go on', async () => {
      const jobs = [1, 2, 3].map((index) => sampleJob(index, { study: '1.2.3' }));
      await queue.jobs.enqueue(jobs);
      const told: DeadLetter[] = [];
      const stop = new AbortController();
      await queue.jobs.consume(
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
      expect(await queue.jobs.deadLetters()).toEqual(told);
    });

    test('come back by replay, once', async () => {
      const job = sampleJob(1);
      await queue.jobs.enqueue([job]);
      await bury(queue, job);
      expect(await queue.jobs.replay(sampleJob(2).key)).toBe(false);
      expect(await queue.jobs.replay(job.key)).toBe(true);
      expect(await queue.jobs.deadLetters()).toEqual([]);
      expect(await queue.jobs.replay(job.key)).toBe(false);
      expect(await handled(queue, 1)).toEqual([job]);
    });

    test('are not committed before the handler is done: the next consumer gets what a closed one had in hand', async () => {
      const job = sampleJob(1);
      await queue.jobs.enqueue([job]);
      const first = place.open();
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
      expect(await handled(queue, 1)).toEqual([job]);
      expect(await queue.jobs.deadLetters()).toEqual([]);
    });

    test('that are handled do not come again to the next consumer', async () => {
      await queue.jobs.enqueue([sampleJob(1), sampleJob(2)]);
      await handled(queue, 1);
      expect(await handled(queue, 1)).toEqual([sampleJob(2)]);
    });

    test('the job in hand is finished when the consumer is told to stop, and no other is begun', async () => {
      await queue.jobs.enqueue([1, 2].map((index) => sampleJob(index)));
      const stop = new AbortController();
      const seen: string[] = [];
      await queue.jobs.consume(
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

  describe('events', () => {
    test('the newest of each key is its state', async () => {
      const events = [
        sampleEvent(1, { kind: 'queued', lane: 'routine' }),
        sampleEvent(2, { kind: 'queued', lane: 'stat', prompt: 'one polyp' }),
        sampleEvent(1, { kind: 'running' }),
        sampleEvent(1, { kind: 'failed', code: 'NO_PIXEL_DATA', reason: 'none' }),
      ];
      for (const event of events) await queue.events.append(event);
      const latest = await queue.events.latest();
      expect([...latest.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1))).toEqual(
        [events[3], events[1]].toSorted((a, b) => ((a?.key ?? '') < (b?.key ?? '') ? -1 : 1)),
      );
    });

    test('latest sees what another process has appended before', async () => {
      expect((await queue.events.latest()).size).toBe(0);
      const other = place.open();
      await other.events.append(sampleEvent(1, { kind: 'running' }));
      expect(await queue.events.latest()).toEqual(new Map([[sampleJob(1).key, sampleEvent(1, { kind: 'running' })]]));
      await other.close();
    });

    test('are read from what is retained on to what comes', async () => {
      await queue.events.append(sampleEvent(1, { kind: 'running' }));
      await queue.events.append(sampleEvent(2, { kind: 'running' }));
      const seen: JobEvent[] = [];
      const stop = new AbortController();
      for await (const event of queue.events.read(stop.signal)) {
        seen.push(event);
        if (seen.length === 2) await queue.events.append(sampleEvent(1, { kind: 'failed', code: 'X', reason: 'y' }));
        if (seen.length === 3) stop.abort();
      }
      expect(seen).toEqual([
        sampleEvent(1, { kind: 'running' }),
        sampleEvent(2, { kind: 'running' }),
        sampleEvent(1, { kind: 'failed', code: 'X', reason: 'y' }),
      ]);
    });

    test('closing the queue ends the reading', async () => {
      const reader = place.open();
      await reader.events.append(sampleEvent(1, { kind: 'running' }));
      const seen: JobEvent[] = [];
      for await (const event of reader.events.read(new AbortController().signal)) {
        seen.push(event);
        void reader.close();
      }
      expect(seen).toHaveLength(1);
    });
  });

  describe('notices', () => {
    test('are passed on in order and committed; one that does not parse is reported and passed over', async () => {
      await queue.notices.publish([sampleNotice(1)]);
      await place.writeNotice('{"schema":"maskwright.study-notice/2","study":"1.2.3"}');
      await place.writeNotice('Jane Doe');
      await queue.notices.publish([sampleNotice(1), sampleNotice(1)]);
      const invalid: string[] = [];
      expect(await noticed(queue, 3, invalid)).toEqual([sampleNotice(1), sampleNotice(1), sampleNotice(1)]);
      expect(invalid).toHaveLength(2);
      expect(invalid[0]).toContain('schema');
      expect(invalid[1]).not.toContain('Jane');
      await queue.notices.publish([sampleNotice(2)]);
      expect(await noticed(queue, 1)).toEqual([sampleNotice(2)]);
    });

    test('come again when the handler cannot do it now', async () => {
      await queue.notices.publish([sampleNotice(1)]);
      let tries = 0;
      const stop = new AbortController();
      await queue.notices.consume(
        async () => {
          tries += 1;
          if (tries < 3) throw new MaskwrightError('ARCHIVE_UNREACHABLE', 'no answer');
          stop.abort();
        },
        { signal: stop.signal },
      );
      expect(tries).toBe(3);
    });
  });

  test('closing twice is closing once', async () => {
    await Promise.all([queue.close(), queue.close()]);
  });
}

/** Consumes until `count` jobs are handled and committed. */
async function handled(queue: Queue, count: number, options: Partial<ConsumeOptions> = {}): Promise<Job[]> {
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

async function noticed(queue: Queue, count: number, invalid: string[] = []) {
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

async function bury(queue: Queue, job: Job): Promise<void> {
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
async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
