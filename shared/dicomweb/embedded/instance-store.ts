import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  type DataSet,
  type Instance,
  parsePart10,
  type SeriesInstanceUID,
  type SOPInstanceUID,
  type StudyInstanceUID,
} from '@maskwright/dicom';
import { indexedHeader } from './json-model.ts';

/** Identity of an instance and its header in the DICOM JSON Model, without bulk data. */
export interface IndexedInstance {
  readonly study: StudyInstanceUID;
  readonly series: SeriesInstanceUID;
  readonly instance: SOPInstanceUID;
  readonly header: DataSet;
}

/**
 * Instances as files `<study>/<series>/<instance>.dcm`, and an index of their headers. The files are the truth: a file is
 * renamed into place whole, and what the index lacks (a crash in between, a deleted index) is added when it is opened.
 */
export class InstanceStore {
  readonly #directory: string;
  readonly #database: DatabaseSync;

  private constructor(directory: string) {
    this.#directory = directory;
    this.#database = new DatabaseSync(path.join(directory, 'index.sqlite'));
    this.#database.exec(`
      PRAGMA journal_mode = WAL;
      CREATE TABLE IF NOT EXISTS instances (
        instance TEXT PRIMARY KEY, study TEXT NOT NULL, series TEXT NOT NULL, header TEXT NOT NULL
      ) STRICT;
      CREATE INDEX IF NOT EXISTS by_series ON instances (study, series);
    `);
  }

  static async open(directory: string): Promise<InstanceStore> {
    await mkdir(directory, { recursive: true });
    const store = new InstanceStore(directory);
    await store.#indexFiles();
    return store;
  }

  /** @returns false when it was there already: then nothing changes */
  async put(bytes: Uint8Array, instance: Instance): Promise<boolean> {
    if (this.#has(instance.sopInstanceUID)) return false;
    const folder = path.join(this.#directory, instance.studyInstanceUID, instance.seriesInstanceUID);
    await mkdir(folder, { recursive: true });
    await writeWhole(path.join(folder, `${instance.sopInstanceUID}.dcm`), bytes);
    this.#index(instance);
    return true;
  }

  find(study?: string, series?: string, instance?: string): IndexedInstance[] {
    const rows = this.#database
      .prepare(
        `SELECT study, series, instance, header FROM instances
         WHERE (?1 IS NULL OR study = ?1) AND (?2 IS NULL OR series = ?2) AND (?3 IS NULL OR instance = ?3) ORDER BY rowid`,
      )
      .all(study ?? null, series ?? null, instance ?? null);
    return rows.map(({ study, series, instance, header }) => ({
      study: String(study) as StudyInstanceUID,
      series: String(series) as SeriesInstanceUID,
      instance: String(instance) as SOPInstanceUID,
      header: JSON.parse(String(header)) as DataSet,
    }));
  }

  read({ study, series, instance }: IndexedInstance): Promise<Buffer> {
    return readFile(path.join(this.#directory, study, series, `${instance}.dcm`));
  }

  close(): void {
    this.#database.close();
  }

  #has(instance: SOPInstanceUID): boolean {
    return this.#database.prepare('SELECT 1 FROM instances WHERE instance = ?').get(instance) !== undefined;
  }

  #index(instance: Instance): void {
    this.#database
      .prepare('INSERT OR IGNORE INTO instances (instance, study, series, header) VALUES (?, ?, ?, ?)')
      .run(
        instance.sopInstanceUID,
        instance.studyInstanceUID,
        instance.seriesInstanceUID,
        JSON.stringify(indexedHeader(instance)),
      );
  }

  async #indexFiles(): Promise<void> {
    for (const entry of await readdir(this.#directory, { recursive: true, withFileTypes: true })) {
      const file = path.join(entry.parentPath, entry.name);
      if (entry.name.endsWith('.part')) await rm(file, { force: true });
      if (!entry.name.endsWith('.dcm')) continue;
      if (this.#has(entry.name.slice(0, -4) as SOPInstanceUID)) continue;
      this.#index(parsePart10(await readFile(file)));
    }
  }
}

async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  const part = `${file}.part`;
  const handle = await open(part, 'w');
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(part, file);
}
