import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { parseJobEvent } from '../messages.ts';
import type { EventLog, JobEvent, JobKey } from '../queue.ts';
import { inTransaction, stored } from './database.ts';
import type { Wake } from './wake.ts';

const PAGE = 500;
const POLL_MS = 1000;
const eventRow = z.object({ seq: z.number(), body: z.string() });

/** An append-only table, and beside it the newest event of each key. */
export function embeddedEvents(database: DatabaseSync, wake: Wake, closing: AbortSignal): EventLog {
  const append = database.prepare('INSERT INTO events (key, body) VALUES (?, ?)');
  const mark = database.prepare(
    'INSERT INTO latest_events (key, seq) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET seq = excluded.seq',
  );
  const after = database.prepare(`SELECT seq, body FROM events WHERE seq > ? ORDER BY seq LIMIT ${PAGE}`);
  const newest = database.prepare('SELECT coalesce(max(seq), 0) AS seq FROM events');
  const newestOf = database.prepare(
    'SELECT seq, body FROM latest_events JOIN events USING (seq) WHERE latest_events.key = ?',
  );
  const latest = database.prepare(
    'SELECT seq, body FROM events WHERE seq IN (SELECT seq FROM latest_events) ORDER BY seq',
  );

  return {
    async append(event) {
      inTransaction(database, () => {
        const { lastInsertRowid } = append.run(event.key, JSON.stringify(event));
        mark.run(event.key, lastInsertRowid);
      });
      wake.notify();
    },

    async *read(signal, { upToNow = false } = {}) {
      const stop = AbortSignal.any([signal, closing]);
      const end = upToNow ? Number(stored(() => newest.get())?.seq) : Number.POSITIVE_INFINITY;
      let last = 0;
      while (!stop.aborted && last < end) {
        const page = stored(() => after.all(last)).map((row) => eventRow.parse(row));
        if (page.length === 0) await wake.wait(stop, POLL_MS);
        for (const { seq, body } of page) {
          if (stop.aborted) return;
          last = seq;
          yield parseJobEvent(body);
        }
      }
    },

    async newest(keys) {
      const found = keys.map((key) => stored(() => newestOf.get(key))).filter((row) => row !== undefined);
      return new Map(
        found.map((row) => {
          const event = parseJobEvent(eventRow.parse(row).body);
          return [event.key, event];
        }),
      );
    },

    async latest() {
      const newest = new Map<JobKey, JobEvent>();
      for (const row of latest.iterate()) {
        const event = parseJobEvent(eventRow.parse(row).body);
        newest.set(event.key, event);
      }
      return newest;
    },
  };
}
