import type { DatabaseSync } from 'node:sqlite';
import { MaskwrightError } from '@maskwright/errors';
import { pause } from '@maskwright/time';
import { z } from 'zod';
import { type Backoff, backoffDelay } from '../backoff.ts';
import { readStudyNotices } from '../notice-forms.ts';
import type { NoticeTopic, StudyNotice } from '../queue.ts';
import { judge } from '../verdict.ts';
import { inTransaction, passes, stored } from './database.ts';
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
      /** Dealt with, and perhaps not committed yet. */
      let dealtWith: number | undefined;
      const rest = async () => {
        failures += 1;
        // Sleeps through notices that arrive meanwhile: they would only meet the same trouble.
        await pause(backoffDelay(failures, backoff), stop);
      };
      while (!stop.aborted) {
        try {
          const row = stored(() => first.get());
          if (row === undefined) {
            failures = 0;
            await wake.wait(stop, POLL_MS);
            continue;
          }
          const { seq, body } = noticeRow.parse(row);
          if (seq !== dealtWith) {
            const outcome = await deal(body, handle, stop);
            if (outcome.kind === 'release') return;
            if (outcome.kind === 'retry') {
              await rest();
              continue;
            }
            if (outcome.kind === 'invalid') options.onInvalid?.(outcome.reason);
            dealtWith = seq;
          }
          stored(() => commit.run(seq));
          failures = 0;
        } catch (error) {
          if (!passes(error)) throw error;
          await rest();
        }
      }
    },
  };
}

type Dealt = { readonly kind: 'done' | 'retry' | 'release' } | { readonly kind: 'invalid'; readonly reason: string };

async function deal(body: string, handle: (notice: StudyNotice) => Promise<void>, stop: AbortSignal): Promise<Dealt> {
  try {
    for (const notice of readStudyNotices(body)) await handle(notice);
    return { kind: 'done' };
  } catch (error) {
    const verdict = judge(error, stop.aborted);
    if (verdict.kind !== 'dead') return { kind: verdict.kind };
    const { code, reason } = verdict;
    return { kind: 'invalid', reason: error instanceof MaskwrightError ? reason : `${code}: ${reason}` };
  }
}
