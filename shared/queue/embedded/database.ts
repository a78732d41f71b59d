import { DatabaseSync } from 'node:sqlite';
import { isPassing, isSqliteError, ownerOnly } from '@maskwright/disk';
import { MaskwrightError } from '@maskwright/errors';

const VERSION = 1;
const SCHEMA = `
CREATE TABLE owners (id TEXT PRIMARY KEY, host TEXT NOT NULL, pid INTEGER NOT NULL, started TEXT NOT NULL, seen INTEGER NOT NULL);
CREATE TABLE jobs (
  seq INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  study TEXT NOT NULL,
  lane INTEGER NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'dead')),
  owner TEXT,
  failures INTEGER NOT NULL DEFAULT 0,
  due INTEGER NOT NULL DEFAULT 0,
  letter TEXT
) STRICT;
CREATE INDEX jobs_waiting ON jobs (lane, seq) WHERE state = 'waiting';
CREATE INDEX jobs_open ON jobs (study, lane, seq) WHERE state IN ('waiting', 'running');
CREATE INDEX jobs_running ON jobs (owner) WHERE state = 'running';
CREATE INDEX jobs_dead ON jobs (seq) WHERE state = 'dead';
CREATE TABLE events (seq INTEGER PRIMARY KEY, key TEXT NOT NULL, body TEXT NOT NULL) STRICT;
CREATE TABLE latest_events (key TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT;
CREATE TABLE notices (seq INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL) STRICT;
PRAGMA user_version = ${VERSION};
`;

/**
 * Opens or makes the queue's file. Every commit is on the disk when it returns (synchronous=FULL), so that a process may
 * be killed at any moment.
 * @throws MaskwrightError OUTPUT_UNWRITABLE, CONFIG_INVALID (the file is something else, or from a newer version)
 */
export function openDatabase(file: string): DatabaseSync {
  const database = openFile(file);
  try {
    database.exec('PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    inTransaction(database, () => {
      migrate(database, file);
      // What could not be read was perhaps written by a newer version, which this may be.
      database.exec("UPDATE jobs SET state = 'waiting' WHERE state = 'dead' AND letter IS NULL");
    });
    return database;
  } catch (error) {
    database.close();
    if (error instanceof MaskwrightError) throw error;
    throw new MaskwrightError('CONFIG_INVALID', `${file} is not a queue file that can be used`, { cause: error });
  }
}

/** Runs `work` so that all of it happens or nothing. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  try {
    database.exec('BEGIN IMMEDIATE');
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    // Some failures (a full disk) have ended the transaction already.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw storageFailure(error);
  }
}

/**
 * Runs one statement that need not be on the disk yet: where the machine loses it, nothing is lost but work begun.
 * It saves a third of the flushes of a job.
 */
export function withoutFlush<T>(database: DatabaseSync, work: () => T): T {
  database.exec('PRAGMA synchronous = NORMAL');
  try {
    return stored(work);
  } finally {
    database.exec('PRAGMA synchronous = FULL');
  }
}

/** Runs one statement, whose failures are named. @throws MaskwrightError OUTPUT_UNWRITABLE */
export function stored<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw storageFailure(error);
  }
}

/** Whether a consumer had better wait. */
export function passes(error: unknown): boolean {
  return error instanceof MaskwrightError && isSqliteError(error.cause) && isPassing(error.cause);
}

/** SQLite's own complaints (disk full, file busy, I/O) are transient for the queue; other errors stay what they are. */
function storageFailure(error: unknown): unknown {
  if (!isSqliteError(error)) return error;
  return new MaskwrightError('OUTPUT_UNWRITABLE', `the queue file cannot be used: ${error.message}`, { cause: error });
}

function openFile(file: string): DatabaseSync {
  try {
    ownerOnly(file);
    return new DatabaseSync(file);
  } catch (error) {
    throw new MaskwrightError('OUTPUT_UNWRITABLE', `the queue file ${file} cannot be opened`, { cause: error });
  }
}

function migrate(database: DatabaseSync, file: string): void {
  const version = Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0);
  if (version === 0) database.exec(SCHEMA);
  else if (version !== VERSION) {
    throw new MaskwrightError(
      'CONFIG_INVALID',
      `${file} has queue version ${version}, this program knows ${VERSION}: run the version that made it, or name another home`,
    );
  }
}
