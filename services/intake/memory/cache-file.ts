import { rmSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from 'node:sqlite';
import { isPassing, isSqliteError, ownerOnly } from '@maskwright/disk';
import { MaskwrightError, messageOf } from '@maskwright/errors';

const VERSION = 6;
const SCHEMA = `
CREATE TABLE studies (
  study TEXT PRIMARY KEY, answer TEXT NOT NULL, fingerprint TEXT NOT NULL, basis TEXT NOT NULL,
  looked INTEGER NOT NULL, changed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE jobs (
  key TEXT PRIMARY KEY, study TEXT NOT NULL, series TEXT NOT NULL, task TEXT NOT NULL, matrix TEXT, lane TEXT,
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

/** @throws MaskwrightError OUTPUT_UNWRITABLE where the file is busy or the disk full */
export interface CacheStatement {
  get(...values: SQLInputValue[]): Record<string, SQLOutputValue> | undefined;
  all(...values: SQLInputValue[]): Record<string, SQLOutputValue>[];
  run(...values: SQLInputValue[]): void;
}

/** A cache on the disk, of whose failures those that pass are named, so that whoever asked tries again; one that broke is made anew at the start. */
export class CacheFile {
  readonly #database: DatabaseSync;
  readonly #file: string;

  /**
   * Opens the file, or makes it; one that is broken or of another version is thrown away.
   * @param file `:memory:` for none
   * @throws MaskwrightError OUTPUT_UNWRITABLE
   */
  constructor(file: string) {
    this.#file = file;
    try {
      this.#database = openCache(file);
    } catch (cause) {
      throw unwritable(file, cause);
    }
  }

  prepare(sql: string): CacheStatement {
    const statement = this.#named(() => this.#database.prepare(sql));
    return {
      get: (...values) => this.#named(() => statement.get(...values)),
      all: (...values) => this.#named(() => statement.all(...values)),
      run: (...values) => void this.#named(() => statement.run(...values)),
    };
  }

  /** Runs `work` so that all of it happens or nothing. */
  together(work: () => void): void {
    try {
      this.#named(() => this.#database.exec('BEGIN'));
      work();
      this.#named(() => this.#database.exec('COMMIT'));
    } catch (error) {
      // Some failures (a full disk) have ended the transaction already.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    this.#database.close();
  }

  #named<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw isSqliteError(error) && isPassing(error) ? unwritable(this.#file, error) : error;
    }
  }
}

function unwritable(file: string, cause: unknown): MaskwrightError {
  const why = messageOf(cause);
  return new MaskwrightError('OUTPUT_UNWRITABLE', `${file}, where intake keeps what it has seen: ${why}`, { cause });
}

function openCache(file: string): DatabaseSync {
  try {
    const opened = tryOpen(file);
    if (opened) return opened;
  } catch {
    // Broken: it is a cache.
  }
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(file + suffix, { force: true });
  const made = tryOpen(file);
  if (!made) throw new Error('no cache can be made there');
  return made;
}

/** Undefined where it is of another version. */
function tryOpen(file: string): DatabaseSync | undefined {
  if (file !== ':memory:') ownerOnly(file);
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
