import { describe, expect, test } from 'vitest';
import type { JobEvent } from '../queue.ts';
import { sampleEvent, sampleJob } from '../sample.ts';
import type { Opened } from './place.ts';

export function events(opened: Opened): void {
  describe('events', () => {
    test('the newest of each key is its state', async () => {
      const events = [
        sampleEvent(1, { kind: 'queued', lane: 'routine' }),
        sampleEvent(2, { kind: 'queued', lane: 'stat', prompt: 'one polyp' }),
        sampleEvent(1, { kind: 'running' }),
        sampleEvent(1, { kind: 'failed', code: 'NO_PIXEL_DATA', reason: 'none' }),
      ];
      for (const event of events) await opened.queue.events.append(event);
      const latest = await opened.queue.events.latest();
      expect([...latest.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1))).toEqual(
        [events[3], events[1]].toSorted((a, b) => ((a?.key ?? '') < (b?.key ?? '') ? -1 : 1)),
      );
    });

    test('the newest is told of the keys that are asked for, where they have one', async () => {
      const events = [
        sampleEvent(1, { kind: 'running' }),
        sampleEvent(2, { kind: 'running' }),
        sampleEvent(1, { kind: 'failed', code: 'NO_PIXEL_DATA', reason: 'none' }),
      ];
      for (const event of events) await opened.queue.events.append(event);
      const keys = [sampleJob(1).key, sampleJob(3).key];
      const newest = await opened.queue.events.newest(keys, new AbortController().signal);
      expect([...newest]).toEqual([[sampleJob(1).key, events[2]]]);
    });

    test('latest sees what another process has appended before', async () => {
      expect((await opened.queue.events.latest()).size).toBe(0);
      const other = opened.place.open();
      await other.events.append(sampleEvent(1, { kind: 'running' }));
      expect(await opened.queue.events.latest()).toEqual(
        new Map([[sampleJob(1).key, sampleEvent(1, { kind: 'running' })]]),
      );
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
      const never = new AbortController().signal;
      const upToNow = { upToNow: true };
      expect(await Array.fromAsync(opened.queue.events.read(never, upToNow))).toEqual([]);
      const events = Array.from({ length: 1200 }, (_, index) => sampleEvent(index, { kind: 'running' }));
      await Promise.all(events.map((event) => opened.queue.events.append(event)));
      const seen: JobEvent[] = [];
      for await (const event of opened.queue.events.read(never, upToNow)) {
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
