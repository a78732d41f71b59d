import { rmSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ownerOnly } from '@maskwright/disk';
import { MaskwrightError } from '@maskwright/errors';

const NAME = 'index.sqlite';
/** Of the tables below; an index of another version is made anew from the files. */
const VERSION = 1;
/** Results codes of SQLite: the file is broken, or none of its own. */
const BROKEN = new Set([11, 26]);

/**
 * Opens the index of a folder of instances for this process alone. It holds nothing that the files do not: a broken one, or
 * one of another version, is thrown away.
 * @throws MaskwrightError CONFIG_INVALID where another process has it
 */
export function openIndexDatabase(directory: string): DatabaseSync {
  try {
    const opened = tryOpen(directory);
    if (opened) return opened;
  } catch (error) {
    if (!BROKEN.has(resultCode(error) & 0xff)) throw inUse(directory, error);
  }
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path.join(directory, NAME + suffix), { force: true });
  const made = tryOpen(directory);
  if (!made) throw new MaskwrightError('CONFIG_INVALID', `no index can be made in ${directory}`);
  return made;
}

/** Undefined where it is of another version. */
function tryOpen(directory: string): DatabaseSync | undefined {
  const file = path.join(directory, NAME);
  ownerOnly(file);
  const database = new DatabaseSync(file);
  try {
    // Normal: a crash never breaks it; what a loss of power takes from its end comes back from the files.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    database.exec('BEGIN IMMEDIATE; COMMIT;');
    const version = Number(database.prepare('PRAGMA user_version').get()?.user_version);
    const tables = Number(database.prepare('SELECT COUNT(*) AS n FROM sqlite_schema').get()?.n);
    const broken = database.prepare('PRAGMA quick_check(1)').get()?.quick_check !== 'ok';
    if (broken || (tables > 0 && version !== VERSION)) {
      database.close();
      return undefined;
    }
    database.exec(`
      CREATE TABLE IF NOT EXISTS instances (
        instance TEXT PRIMARY KEY, study TEXT NOT NULL, series TEXT NOT NULL,
        modality TEXT, number INTEGER, header TEXT NOT NULL
      ) STRICT;
      CREATE INDEX IF NOT EXISTS by_place ON instances (study, series, number, instance);
      PRAGMA user_version = ${VERSION};
    `);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function resultCode(error: unknown): number {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) : 0;
}

function inUse(directory: string, cause: unknown): unknown {
  if (resultCode(cause) !== 5) return cause;
  return new MaskwrightError('CONFIG_INVALID', `another process has the archive in ${directory} open`, { cause });
}
