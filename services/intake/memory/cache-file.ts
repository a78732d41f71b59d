import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

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

/**
 * Opens the file of a cache, or makes it; one that is broken or of another version is thrown away.
 * @param file `:memory:` for none
 */
export function openCache(file: string): DatabaseSync {
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

/** Runs `work` so that all of it happens or nothing. */
export function together(database: DatabaseSync, work: () => void): void {
  database.exec('BEGIN');
  try {
    work();
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}
