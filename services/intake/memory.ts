import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { SeriesInstanceUID, SOPInstanceUID, StudyInstanceUID } from '@maskwright/dicom';
import type { Job, JobEvent, JobKey, JobState } from '@maskwright/queue';
import { z } from 'zod';
import { UNCOUNTED } from './sweep.ts';

/** What is known of a job without asking the log again. */
export interface KnownJob {
  readonly kind: JobState['kind'];
  /** Of its newest event, ms. */
  readonly at: number;
}
/** A result that another one has taken the place of. */
export interface Outdated extends Pick<JobEvent, 'key' | 'series' | 'task'> {
  readonly by: JobKey;
}

/** A job that should exist, its state, and the objects that it has stored. */
export interface StandingJob extends Pick<JobEvent, 'key' | 'series' | 'task'> {
  readonly kind: JobState['kind'];
  readonly outputs: readonly SOPInstanceUID[];
}

/** A result that the log calls stored, with the objects that the archive should have of it. */
export interface StoredJob extends Pick<JobEvent, 'key' | 'series' | 'task'> {
  readonly outputs: readonly SOPInstanceUID[];
  /** It is of a person's own words. */
  readonly words: boolean;
  /** It should exist, as the study and the catalogue are now. */
  readonly expected: boolean;
}

/** How a study stood when its jobs were queued. */
export interface Standing {
  /** What the archive's list said of it. */
  readonly answer: string;
  readonly fingerprint: string;
}

const VERSION = 5;
const SCHEMA = `
CREATE TABLE studies (
  study TEXT PRIMARY KEY, answer TEXT NOT NULL, fingerprint TEXT NOT NULL, basis TEXT NOT NULL,
  looked INTEGER NOT NULL, changed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE jobs (
  key TEXT PRIMARY KEY, study TEXT NOT NULL, series TEXT NOT NULL, task TEXT NOT NULL,
  words INTEGER NOT NULL, kind TEXT NOT NULL, at INTEGER NOT NULL,
  loaded INTEGER NOT NULL, outputs TEXT NOT NULL DEFAULT '[]'
) STRICT, WITHOUT ROWID;
CREATE TABLE expected (key TEXT PRIMARY KEY, study TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX expected_of_study ON expected (study);
CREATE INDEX jobs_of_study ON jobs (study);
CREATE INDEX jobs_waiting ON jobs (at) WHERE kind IN ('queued', 'running');
CREATE INDEX jobs_superseded ON jobs (at) WHERE kind = 'superseded';
PRAGMA user_version = ${VERSION};
`;
const studyRow = z.object({
  answer: z.string(),
  fingerprint: z.string(),
  basis: z.string(),
  looked: z.number(),
  changed: z.number(),
});
const jobRow = z.object({ kind: z.custom<JobState['kind']>(), at: z.number() });
const outdatedRow = z.object({
  key: z.custom<JobKey>(),
  by: z.custom<JobKey>(),
  series: z.custom<SeriesInstanceUID>(),
  task: z.string(),
});
const standingRow = z.object({
  key: z.custom<JobKey>(),
  series: z.custom<SeriesInstanceUID>(),
  task: z.string(),
  kind: z.custom<JobState['kind']>(),
  outputs: z
    .string()
    .transform((json): SOPInstanceUID[] => z.array(z.custom<SOPInstanceUID>()).parse(JSON.parse(json))),
});
const storedRow = standingRow
  .omit({ kind: true })
  .extend({ words: z.number().transform(Boolean), expected: z.number().transform(Boolean) });
const studyOnly = z.object({ study: z.custom<StudyInstanceUID>() });

/** No archive's list says this of a study. */
export const UNCERTAIN = 'uncertain';

/** Events that are taken over in one transaction. */
const PAGE = 500;

/** An archive that does not count is asked again after a quarter of the time that a study has been unchanged, in these bounds. */
const UNCOUNTED_MS = { least: 30_000, most: 6 * 3600_000 };

/**
 * What intake has seen: how each study stood when its jobs were made, and the newest state of each job. A cache on the disk:
 * it only spares questions, and where it is lost, the archive and the event log are asked again. It holds UIDs, no headers.
 */
export class StudyMemory {
  readonly #database: DatabaseSync;
  readonly #basis: string;
  readonly #statements: Record<'study' | 'remember' | 'looked' | 'job' | 'note' | 'expect' | 'outdated', StatementSync>;
  #load = 0;

  /**
   * @param file made where it is not there, thrown away where it is broken or of another version; `:memory:` for none
   * @param basis changes where studies have to be judged anew: another catalogue, other models
   */
  constructor(file: string, basis: string) {
    this.#basis = basis;
    this.#database = open(file);
    this.#statements = {
      study: this.#database.prepare('SELECT * FROM studies WHERE study = ?'),
      remember: this.#database.prepare('INSERT OR REPLACE INTO studies VALUES (?, ?, ?, ?, ?, ?)'),
      looked: this.#database.prepare('UPDATE studies SET answer = ?, looked = ? WHERE study = ?'),
      job: this.#database.prepare('SELECT kind, at FROM jobs WHERE key = ?'),
      note: this.#database.prepare(`
        INSERT INTO jobs (key, study, series, task, words, kind, at, loaded, outputs) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (key) DO UPDATE SET loaded = excluded.loaded, words = max(words, excluded.words),
          outputs = CASE WHEN excluded.at >= at THEN excluded.outputs ELSE outputs END,
          kind = CASE WHEN excluded.at >= at THEN excluded.kind ELSE kind END, at = max(at, excluded.at)`),
      expect: this.#database.prepare('INSERT OR REPLACE INTO expected VALUES (?, ?)'),
      outdated: this.#database.prepare(`
        SELECT old.key AS key, new.key AS by, old.series AS series, old.task AS task FROM jobs AS old JOIN jobs AS new
          ON new.study = old.study AND new.series = old.series AND new.task = old.task
        WHERE old.study = ? AND old.words = 0 AND old.kind IN ('stored', 'needs-person', 'failed')
          AND old.key NOT IN (SELECT key FROM expected)
          AND new.key IN (SELECT key FROM expected) AND new.kind IN ('stored', 'needs-person')`),
    };
  }

  /** Whether a study has to be looked at, going by what the archive's list says of it. */
  needsLook(study: StudyInstanceUID, answer: string, now: number): boolean {
    const row = this.#study(study);
    if (!row || row.basis !== this.#basis || row.answer !== answer) return true;
    if (answer !== UNCOUNTED) return false;
    const unchanged = Math.max(0, row.looked - row.changed);
    const interval = Math.min(UNCOUNTED_MS.most, Math.max(UNCOUNTED_MS.least, unchanged / 4));
    return now < row.looked || now - row.looked >= interval;
  }

  /** Whether the study's jobs were made as it stands now. */
  isReconciled(study: StudyInstanceUID, fingerprint: string): boolean {
    const row = this.#study(study);
    return row?.basis === this.#basis && row.fingerprint === fingerprint;
  }

  /** It was looked at, and nothing has changed. */
  looked(study: StudyInstanceUID, answer: string, now: number): void {
    this.#statements.looked.run(answer, now, study);
  }

  /**
   * The jobs that should exist of a study, and no others without a person's words. To be said before they are queued: one
   * may end before this process does anything else.
   */
  expect(study: StudyInstanceUID, jobs: readonly Job[]): void {
    this.#together(() => {
      this.#database.prepare('DELETE FROM expected WHERE study = ?').run(study);
      for (const { key } of jobs) this.#statements.expect.run(key, study);
    });
  }

  /** Its jobs are queued. */
  reconciled(study: StudyInstanceUID, { answer, fingerprint }: Standing, now: number): void {
    this.#statements.remember.run(study, answer, fingerprint, this.#basis, now, now);
  }

  /** The jobs that should exist of a study, with their states; undefined where it has not been dealt with. */
  standing(study: StudyInstanceUID): StandingJob[] | undefined {
    if (this.#study(study)?.basis !== this.#basis) return undefined;
    return this.#database
      .prepare(`SELECT key, series, task, coalesce(kind, 'queued') AS kind, coalesce(outputs, '[]') AS outputs
        FROM expected JOIN jobs USING (key) WHERE expected.study = ? ORDER BY series, task`)
      .all(study)
      .map((row) => standingRow.parse(row));
  }

  /** Results of a study of which the archive should have objects. */
  stored(study: StudyInstanceUID): StoredJob[] {
    return this.#database
      .prepare(`SELECT key, series, task, words, outputs, key IN (SELECT key FROM expected) AS expected
        FROM jobs WHERE study = ? AND kind = 'stored' AND outputs <> '[]' ORDER BY series, task`)
      .all(study)
      .map((row) => storedRow.parse(row));
  }

  /** Whatever the archive's list says of it, the next sweep looks at the study. */
  doubt(study: StudyInstanceUID): void {
    this.#database.prepare('UPDATE studies SET answer = ? WHERE study = ?').run(UNCERTAIN, study);
  }

  forget(study: StudyInstanceUID): void {
    this.#database.prepare('DELETE FROM studies WHERE study = ?').run(study);
  }

  job(key: JobKey): KnownJob | undefined {
    const row = this.#statements.job.get(key);
    return row && jobRow.parse(row);
  }

  /** An older event after a newer one changes nothing. */
  note({ key, study, series, task, at, state }: JobEvent): void {
    const words = isInWords(state) ? 1 : 0;
    const outputs = JSON.stringify(outputsOf(state));
    this.#statements.note.run(key, study, series, task, words, state.kind, Date.parse(at), this.#load, outputs);
  }

  /**
   * Takes over what the log holds. Of studies whose jobs it no longer knows (a topic was lost) the jobs are made again; where
   * `signal` aborts, that is not known.
   */
  async load(events: AsyncIterable<JobEvent> | Iterable<JobEvent>, signal?: AbortSignal): Promise<void> {
    this.#load = Number(this.#database.prepare('SELECT coalesce(max(loaded), 0) + 1 AS n FROM jobs').get()?.n);
    let page: JobEvent[] = [];
    const take = () => {
      const taken = page;
      page = [];
      this.#together(() => {
        for (const event of taken) this.note(event);
      });
    };
    for await (const event of events) if (page.push(event) >= PAGE) take();
    take();
    if (signal?.aborted) return;
    this.#together(() => {
      this.#database.prepare('DELETE FROM jobs WHERE loaded < ?').run(this.#load);
      const lost = 'SELECT study FROM expected WHERE key NOT IN (SELECT key FROM jobs)';
      this.#database.exec(`DELETE FROM studies WHERE study IN (${lost})`);
    });
  }

  /** Studies with a job that should exist and was ended as superseded before `before`: it is wanted again after all. */
  wantedAgain(before: number): StudyInstanceUID[] {
    return this.#database
      .prepare(
        "SELECT DISTINCT study FROM jobs WHERE kind = 'superseded' AND at < ? AND key IN (SELECT key FROM expected) LIMIT 1000",
      )
      .all(before)
      .map((row) => studyOnly.parse(row).study);
  }

  /** Studies with a job that was queued or begun before `before` and of which nothing was heard since. */
  waitingSince(before: number): StudyInstanceUID[] {
    return this.#database
      .prepare("SELECT DISTINCT study FROM jobs WHERE kind IN ('queued', 'running') AND at < ? LIMIT 1000")
      .all(before)
      .map((row) => studyOnly.parse(row).study);
  }

  /** Ended jobs of the study in whose place another one has ended. */
  outdated(study: StudyInstanceUID): Outdated[] {
    return this.#statements.outdated.all(study).map((row) => outdatedRow.parse(row));
  }

  close(): void {
    this.#database.close();
  }

  #study(study: StudyInstanceUID) {
    const row = this.#statements.study.get(study);
    return row && studyRow.parse(row);
  }

  #together(work: () => void): void {
    this.#database.exec('BEGIN');
    try {
      work();
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}

/** What the archive should have. */
function outputsOf(state: JobState): readonly SOPInstanceUID[] {
  if (state.kind !== 'stored') return [];
  return state.sopInstanceUIDs.filter((uid) => !state.deleted?.sopInstanceUIDs.includes(uid));
}

function isInWords(state: JobState): boolean {
  if (state.kind === 'queued') return state.prompt !== undefined;
  return 'result' in state && state.result.segments.some(({ promptType }) => promptType === 'human');
}

function open(file: string): DatabaseSync {
  if (file !== ':memory:') mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  try {
    const opened = tryOpen(file);
    if (opened) return opened;
  } catch {
    // Broken: it is a cache.
  }
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(file + suffix, { force: true });
  const made = tryOpen(file);
  if (!made) throw new Error(`no cache can be made in ${file}`);
  return made;
}

/** Undefined where it is of another version. */
function tryOpen(file: string): DatabaseSync | undefined {
  const database = new DatabaseSync(file);
  try {
    // What a loss of power takes from it is asked for again.
    database.exec('PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;');
    const version = Number(database.prepare('PRAGMA user_version').get()?.user_version);
    if (version === 0) database.exec(SCHEMA);
    else if (version !== VERSION || database.prepare('PRAGMA quick_check(1)').get()?.quick_check !== 'ok') {
      database.close();
      return undefined;
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
