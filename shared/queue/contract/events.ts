import { describe, expect, test } from 'vitest';
import type { JobEvent, Queue, ResultSummary } from '../queue.ts';
import { sampleEvent, sampleJob } from '../sample.ts';
import type { Opened } from './place.ts';

const never = new AbortController().signal;

export function events(opened: Opened): void {
  describe('events', () => {
    test('the newest is told of the keys that are asked for, where they have one', async () => {
      const events = [
        sampleEvent(1, { kind: 'queued', lane: 'stat', prompt: 'one polyp' }),
        sampleEvent(1, { kind: 'running' }),
        sampleEvent(2, { kind: 'running' }),
        sampleEvent(1, { kind: 'failed', code: 'NO_PIXEL_DATA', reason: 'none' }),
      ];
      for (const event of events) await opened.queue.events.append(event);
      expect(await newestOf(opened.queue, 1, 3)).toEqual([events[3]]);
    });

    test('one that nobody could read is refused, and its neighbours are read', async () => {
      const running = sampleEvent(1, { kind: 'running' });
      await opened.queue.events.append(running);
      // JSON has no NaN: it would be written as null.
      const unreadable = sampleEvent(1, { kind: 'needs-person', result: resultWith(Number.NaN) });
      await expect(opened.queue.events.append(unreadable)).rejects.toMatchObject({
        code: 'MESSAGE_INVALID',
        message: expect.stringContaining('state.result.assessment.predictedDice'),
      });
      const readable = sampleEvent(2, { kind: 'needs-person', result: resultWith(0.5) });
      await opened.queue.events.append(readable);
      expect(await retained(opened.queue)).toEqual([running, readable]);
      expect(await newestOf(opened.queue, 1, 2)).toEqual([running, readable]);
    });

    test('one that cannot be read is passed over: the newest of its key is the last that can', async () => {
      const readable = [
        sampleEvent(1, { kind: 'queued', lane: 'stat', prompt: 'one polyp' }),
        sampleEvent(1, { kind: 'running' }),
        sampleEvent(3, { kind: 'running' }),
      ];
      for (const event of readable) await opened.queue.events.append(event);
      for (const index of [1, 1, 2]) {
        const unreadable = { ...sampleEvent(index, { kind: 'running' }), state: { kind: 'of a later version' } };
        await opened.place.writeEvent(unreadable.key, JSON.stringify(unreadable));
      }
      const after = sampleEvent(4, { kind: 'running' });
      await opened.queue.events.append(after);
      expect(await retained(opened.queue)).toEqual([...readable, after]);
      expect(await newestOf(opened.queue, 1, 2, 3, 4)).toEqual([...readable.slice(1), after]);
    });

    test('the newest is what another process has appended before', async () => {
      expect(await newestOf(opened.queue, 1)).toEqual([]);
      const other = opened.place.open();
      await other.events.append(sampleEvent(1, { kind: 'running' }));
      expect(await newestOf(opened.queue, 1)).toEqual([sampleEvent(1, { kind: 'running' })]);
      await other.close();
    });

    test('are read from what is retained on to what comes', async () => {
      await opened.queue.events.append(sampleEvent(1, { kind: 'running' }));
      await opened.queue.events.append(sampleEvent(2, { kind: 'running' }));
      const seen: JobEvent[] = [];
      const stop = new AbortController();
      for await (const event of opened.queue.events.read(stop.signal)) {
        seen.push(event);
        if (seen.length === 2)
          await opened.queue.events.append(sampleEvent(1, { kind: 'failed', code: 'X', reason: 'y' }));
        if (seen.length === 3) stop.abort();
      }
      expect(seen).toEqual([
        sampleEvent(1, { kind: 'running' }),
        sampleEvent(2, { kind: 'running' }),
        sampleEvent(1, { kind: 'failed', code: 'X', reason: 'y' }),
      ]);
    });

    test('up to now, the reading ends with what was there when it began', async () => {
      expect(await retained(opened.queue)).toEqual([]);
      const events = Array.from({ length: 1200 }, (_, index) => sampleEvent(index, { kind: 'running' }));
      await Promise.all(events.map((event) => opened.queue.events.append(event)));
      const seen: JobEvent[] = [];
      for await (const event of opened.queue.events.read(never, { upToNow: true })) {
        seen.push(event);
        if (seen.length === 1) await opened.queue.events.append(sampleEvent(5000, { kind: 'running' }));
      }
      // What comes meanwhile may be among them, or not.
      expect(seen.slice(0, 1200)).toEqual(events);
      expect(seen.length).toBeLessThanOrEqual(1201);
    });

    test('closing the queue ends the reading', async () => {
      const reader = opened.place.open();
      await reader.events.append(sampleEvent(1, { kind: 'running' }));
      const seen: JobEvent[] = [];
      for await (const event of reader.events.read(new AbortController().signal)) {
        seen.push(event);
        void reader.close();
      }
      expect(seen).toHaveLength(1);
    });
  });
}

const retained = (queue: Queue): Promise<JobEvent[]> => Array.fromAsync(queue.events.read(never, { upToNow: true }));

/** The newest events of the jobs of these indices, in their order. */
async function newestOf(queue: Queue, ...indices: number[]): Promise<JobEvent[]> {
  const keys = indices.map((index) => sampleJob(index).key);
  const newest = await queue.events.newest(keys, never);
  return keys.flatMap((key) => newest.get(key) ?? []);
}

function resultWith(predictedDice: number): ResultSummary {
  return {
    segments: [],
    model: null,
    reason: 'none is fit',
    assessment: { family: 'polyp', percentile: null, distance: null, gate: [], predictedDice },
    attributes: [],
    warnings: [],
  };
}
