import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { QueueLog } from '../log.ts';
import { formatJobEvent, parseJobEvent } from '../messages.ts';
import type { EventLog, JobEvent, JobKey } from '../queue.ts';
import { readable } from '../readable.ts';
import { inTransaction, stored } from './database.ts';
import type { Wake } from './wake.ts';

const PAGE = 500;
const POLL_MS = 1000;
const eventRow = z.object({ seq: z.number(), body: z.string() });

/** An append-only table, and beside it the newest event of each key. */
export function embeddedEvents(database: DatabaseSync, wake: Wake, log: QueueLog, closing: AbortSignal): EventLog {
  const append = database.prepare('INSERT INTO events (key, body) VALUES (?, ?)');
  const mark = database.prepare(
    'INSERT INTO latest_events (key, seq) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET seq = excluded.seq',
  );
  const after = database.prepare(`SELECT seq, body FROM events WHERE seq > ? ORDER BY seq LIMIT ${PAGE}`);
  const newest = database.prepare('SELECT coalesce(max(seq), 0) AS seq FROM events');
  const newestOf = database.prepare(
    'SELECT seq, body FROM latest_events JOIN events USING (seq) WHERE latest_events.key = ?',
  );
  // Reads the whole table, which only an unreadable event costs.
  const olderOf = database.prepare('SELECT seq, body FROM events WHERE key = ? AND seq < ? ORDER BY seq DESC');

  return {
    async append(event) {
      const body = formatJobEvent(event);
      inTransaction(database, () => {
        const { lastInsertRowid } = append.run(event.key, body);
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
        for (const row of page) {
          if (stop.aborted) return;
          last = row.seq;
          const event = eventIn(row);
          if (event) yield event;
        }
      }
    },

    async newest(keys) {
      const events = keys.map((key) => stored(() => newestReadable(key))).filter((event) => event !== undefined);
      return new Map(events.map((event) => [event.key, event]));
    },
  };

  function newestReadable(key: JobKey): JobEvent | undefined {
    const row = newestOf.get(key);
    if (row === undefined) return undefined;
    const newest = eventRow.parse(row);
    const event = eventIn(newest);
    if (event) return event;
    for (const older of olderOf.iterate(key, newest.seq)) {
      const before = eventIn(eventRow.parse(older));
      if (before) return before;
    }
    return undefined;
  }

  function eventIn({ seq, body }: z.infer<typeof eventRow>): JobEvent | undefined {
    return readable(() => parseJobEvent(body), log, { seq });
  }
}
