import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { QueueLog } from '../log.ts';
import { parseDeadLetter, parseJob } from '../messages.ts';
import type { DeadLetter, Job, Lane } from '../queue.ts';
import { readable } from '../readable.ts';
import { inTransaction, stored, withoutFlush } from './database.ts';
import { isGone, type Owner } from './owner.ts';

/** A job in the hand of this owner. */
export interface Claim {
  readonly seq: number;
  readonly job: Job;
  /** How often it has failed so far. */
  readonly failures: number;
}

/**
 * The jobs' states in SQL: waiting → running → done or dead, and back to waiting by retry, release or replay. Times in ms.
 * Each call throws OUTPUT_UNWRITABLE where the file cannot be used.
 */
export interface JobTable {
  /** Those with a key that waits or runs already are left out, but for a more urgent lane; one that is done or dead waits again. */
  add(jobs: readonly Job[]): void;
  /**
   * The next job by lane, then age, whose study has no older job open in the same lane. One whose time seems to be farther
   * away than any delay is taken too: then the clock has been put back. One that cannot be read is set aside and told.
   */
  claim(now: number): Claim | null;
  /** When the earliest waiting job may be tried again; null where none waits for that. */
  nextDue(now: number): number | null;
  done(claim: Claim): void;
  retryAt(claim: Claim, due: number): void;
  release(claim: Claim): void;
  bury(claim: Claim, letter: DeadLetter): void;
  deadLetters(): DeadLetter[];
  replay(job: Job): boolean;
  /** Gives a sign of life and takes up the jobs of owners that are gone. True where there were any. */
  recover(now: number): boolean;
  /** Takes this owner off the list; what it still holds waits again. */
  leave(): void;
}

const RANK: Record<Lane, number> = { interactive: 0, stat: 1, routine: 2, backlog: 3 };
const claimRow = z.object({ seq: z.number(), body: z.string(), failures: z.number() });
const letterRow = z.object({ letter: z.string() });
const dueRow = z.object({ due: z.number().nullable() });
const ownerRow = z.object({
  id: z.string(),
  host: z.string(),
  pid: z.number(),
  started: z.string(),
  seen: z.number(),
});

/** @param longestDelayMs the most that `retryAt` is ever put off */
export function jobTable(database: DatabaseSync, owner: Owner, longestDelayMs: number, log: QueueLog): JobTable {
  const add = database.prepare(`
    INSERT INTO jobs (key, study, lane, body) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET
    state = 'waiting', lane = excluded.lane, body = excluded.body, failures = 0, due = 0, letter = NULL,
    seq = (SELECT max(seq) + 1 FROM jobs) WHERE state IN ('done', 'dead') OR (state = 'waiting' AND excluded.lane < lane)`);
  const claim = database.prepare(`
    UPDATE jobs SET state = 'running', owner = ? WHERE seq = (
      SELECT seq FROM jobs AS job WHERE state = 'waiting' AND (due <= ? OR due > ?) AND NOT EXISTS (
        SELECT 1 FROM jobs AS older WHERE older.study = job.study AND older.lane = job.lane AND older.seq < job.seq
        AND older.state IN ('waiting', 'running'))
      ORDER BY lane, seq LIMIT 1)
    RETURNING seq, body, failures`);
  const nextDue = database.prepare(`SELECT min(due) AS due FROM jobs WHERE state = 'waiting' AND due > ?`);
  // Each asks for the owner too: who has lost a job to another must not decide about it any more.
  const mine = `WHERE seq = ? AND owner = ? AND state = 'running'`;
  const done = database.prepare(`UPDATE jobs SET state = 'done', owner = NULL ${mine}`);
  const retry = database.prepare(
    `UPDATE jobs SET state = 'waiting', owner = NULL, failures = failures + 1, due = ? ${mine}`,
  );
  const release = database.prepare(`UPDATE jobs SET state = 'waiting', owner = NULL ${mine}`);
  const bury = database.prepare(`UPDATE jobs SET state = 'dead', owner = NULL, letter = ? ${mine}`);
  // One that cannot be read has no letter.
  const setAside = database.prepare(`UPDATE jobs SET state = 'dead', owner = NULL ${mine}`);
  const dead = database.prepare(`SELECT letter FROM jobs WHERE state = 'dead' AND letter IS NOT NULL ORDER BY seq`);
  // A replayed job goes to the end of its lane.
  const replay = database.prepare(`
    UPDATE jobs SET state = 'waiting', lane = ?, body = ?, failures = 0, due = 0, letter = NULL,
    seq = (SELECT max(seq) + 1 FROM jobs) WHERE key = ? AND state = 'dead'`);
  const sign = database.prepare(`
    INSERT INTO owners (id, host, pid, started, seen) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET seen = excluded.seen`);
  const owners = database.prepare('SELECT id, host, pid, started, seen FROM owners');
  const free = database.prepare(
    `UPDATE jobs SET state = 'waiting', owner = NULL WHERE state = 'running' AND owner = ?`,
  );
  const forget = database.prepare('DELETE FROM owners WHERE id = ?');

  return {
    add(jobs) {
      inTransaction(database, () => {
        for (const job of jobs) add.run(job.key, job.study, RANK[job.lane], JSON.stringify(job));
      });
    },
    claim(now) {
      for (;;) {
        const row = withoutFlush(database, () => claim.get(owner.id, now, now + longestDelayMs));
        if (row === undefined) return null;
        const { seq, body, failures } = claimRow.parse(row);
        const job = readable(() => parseJob(body), log, { seq });
        if (job) return { seq, job, failures };
        stored(() => setAside.run(seq, owner.id));
      }
    },
    nextDue: (now) => dueRow.parse(stored(() => nextDue.get(now))).due,
    done: ({ seq }) => void stored(() => done.run(seq, owner.id)),
    retryAt: ({ seq }, due) => void stored(() => retry.run(due, seq, owner.id)),
    release: ({ seq }) => void stored(() => release.run(seq, owner.id)),
    bury: ({ seq }, letter) => void stored(() => bury.run(JSON.stringify(letter), seq, owner.id)),
    deadLetters: () => stored(() => dead.all()).map((row) => parseDeadLetter(letterRow.parse(row).letter)),
    replay: (job) => stored(() => replay.run(RANK[job.lane], JSON.stringify(job), job.key)).changes > 0,
    recover(now) {
      return inTransaction(database, () => {
        sign.run(owner.id, owner.host, owner.pid, owner.started, now);
        const gone = owners
          .all()
          .map((row) => ownerRow.parse(row))
          .filter((other) => other.id !== owner.id && isGone(other, now - other.seen));
        const freed = gone.map(({ id }) => {
          forget.run(id);
          return Number(free.run(id).changes);
        });
        return freed.some((count) => count > 0);
      });
    },
    leave() {
      inTransaction(database, () => {
        free.run(owner.id);
        forget.run(owner.id);
      });
    },
  };
}
