import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type DataSet, type Instance, number, parseUid, text } from '@maskwright/dicom';
import { openIndexDatabase } from './index-database.ts';
import type { InstancePlace } from './instance-files.ts';
import { indexedHeader } from './json-model.ts';

/** An instance and its header in the DICOM JSON Model, without bulk data. */
export interface IndexedInstance extends InstancePlace {
  readonly header: DataSet;
}

/** A study or a series: the header of one of its instances stands for what they have in common. */
export interface IndexedGroup {
  readonly header: DataSet;
  readonly modalities: readonly string[];
  readonly series: number;
  readonly instances: number;
}

/** What lies where in the archive; each part that is left out means all. */
export type Within = { readonly [Level in keyof InstancePlace]?: string | undefined };

/** Headers of the instances in SQLite, so that searches and metadata need no file. */
export class InstanceIndex {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;

  constructor(directory: string) {
    this.#database = openIndexDatabase(directory);
    this.#insert = this.#database.prepare(
      `INSERT OR REPLACE INTO instances (instance, study, series, modality, number, header) VALUES (?, ?, ?, ?, ?, ?)`,
    );
  }

  add(instance: Instance): void {
    const { dataset, sopInstanceUID, studyInstanceUID, seriesInstanceUID } = instance;
    const order = number(dataset, 'InstanceNumber');
    this.#insert.run(
      sopInstanceUID,
      studyInstanceUID,
      seriesInstanceUID,
      text(dataset, 'Modality') ?? null,
      order !== undefined && Number.isSafeInteger(order) ? order : null,
      JSON.stringify(indexedHeader(instance)),
    );
  }

  remove({ instance }: InstancePlace): void {
    this.#database.prepare('DELETE FROM instances WHERE instance = ?').run(instance);
  }

  placeOf(instance: string): InstancePlace | undefined {
    const row = this.#database
      .prepare('SELECT study, series, instance FROM instances WHERE instance = ?')
      .get(instance);
    return row && placeIn(row);
  }

  places(): InstancePlace[] {
    return this.#database.prepare('SELECT study, series, instance FROM instances').all().map(placeIn);
  }

  /** By Instance Number within a series: the same order after a restart, and on each page of a search. */
  instances(within: Within): IndexedInstance[] {
    const { where, values } = condition(within);
    return this.#database
      .prepare(
        `SELECT study, series, instance, header FROM instances ${where} ORDER BY study, series, number, instance`,
      )
      .all(...values)
      .map((row) => ({ ...placeIn(row), header: headerIn(row) }));
  }

  groups(level: 'study' | 'series', within: Within): IndexedGroup[] {
    const { where, values } = condition(within);
    return this.#database
      .prepare(
        `SELECT header, modalities, series_count, instance_count FROM instances JOIN (
           SELECT MIN(instance) AS first, json_group_array(DISTINCT modality) AS modalities,
             COUNT(DISTINCT series) AS series_count, COUNT(*) AS instance_count
           FROM instances ${where} GROUP BY study${level === 'series' ? ', series' : ''}
         ) ON instance = first ORDER BY study, series`,
      )
      .all(...values)
      .map((row) => ({
        header: headerIn(row),
        modalities: (JSON.parse(String(row.modalities)) as unknown[]).filter((one) => typeof one === 'string'),
        series: Number(row.series_count),
        instances: Number(row.instance_count),
      }));
  }

  /** Either all that `work` does stays, or nothing of it. */
  async together(work: () => Promise<void>): Promise<void> {
    this.#database.exec('BEGIN');
    try {
      await work();
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    this.#database.close();
  }
}

type Row = Readonly<Record<string, unknown>>;

function placeIn({ study, series, instance }: Row): InstancePlace {
  return {
    study: parseUid(study, 'StudyInstanceUID'),
    series: parseUid(series, 'SeriesInstanceUID'),
    instance: parseUid(instance, 'SOPInstanceUID'),
  };
}

/** Written by this class alone, from a data set. */
function headerIn({ header }: Row): DataSet {
  return JSON.parse(String(header)) as DataSet;
}

function condition({ study, series, instance }: Within): { where: string; values: string[] } {
  const parts = Object.entries({ study, series, instance }).flatMap(([column, value]) =>
    value === undefined ? [] : [{ column, value }],
  );
  if (parts.length === 0) return { where: '', values: [] };
  return {
    where: `WHERE ${parts.map(({ column }) => `${column} = ?`).join(' AND ')}`,
    values: parts.map(({ value }) => value),
  };
}
