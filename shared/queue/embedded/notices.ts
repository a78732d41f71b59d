import type { DatabaseSync } from 'node:sqlite';
import { MaskwrightError } from '@maskwright/errors';
import { pause } from '@maskwright/time';
import { z } from 'zod';
import { type Backoff, backoffDelay } from '../backoff.ts';
import { readStudyNotices } from '../notice-forms.ts';
import type { NoticeTopic } from '../queue.ts';
import { judge } from '../verdict.ts';
import { inTransaction } from './database.ts';
import type { Wake } from './wake.ts';

const POLL_MS = 1000;
const noticeRow = z.object({ seq: z.number(), body: z.string() });

/** A notice is in the table until it is committed. One consumer on a file: a second would be told the same. */
export function embeddedNotices(
  database: DatabaseSync,
  wake: Wake,
  backoff: Backoff,
  closing: AbortSignal,
): NoticeTopic {
  const add = database.prepare('INSERT INTO notices (body) VALUES (?)');
  const first = database.prepare('SELECT seq, body FROM notices ORDER BY seq LIMIT 1');
  const commit = database.prepare('DELETE FROM notices WHERE seq = ?');

  return {
    async publish(notices) {
      inTransaction(database, () => {
        for (const notice of notices) add.run(JSON.stringify(notice));
      });
      wake.notify();
    },

    async consume(handle, options) {
      const stop = AbortSignal.any([options.signal, closing]);
      let failures = 0;
      while (!stop.aborted) {
        const row = first.get();
        if (row === undefined) {
          await wake.wait(stop, POLL_MS);
          continue;
        }
        const { seq, body } = noticeRow.parse(row);
        try {
          for (const notice of readStudyNotices(body)) await handle(notice);
        } catch (error) {
          const verdict = judge(error, stop.aborted);
          if (verdict.kind === 'release') return;
          if (verdict.kind === 'retry') {
            failures += 1;
            // Sleeps through notices that arrive meanwhile: they would only meet the same trouble.
            await pause(backoffDelay(failures, backoff), stop);
            continue;
          }
          options.onInvalid?.(error instanceof MaskwrightError ? verdict.reason : `${verdict.code}: ${verdict.reason}`);
        }
        failures = 0;
        commit.run(seq);
      }
    },
  };
}
