import type { SQLOutputValue } from 'node:sqlite';
import type { SeriesInstanceUID, SOPInstanceUID, StudyInstanceUID } from '@maskwright/dicom';
import {
  type Job,
  type JobKey,
  type JobState,
  type JobSubject,
  jobKeySchema,
  jobStateKindSchema,
  matrixSchema,
  uidSchema,
} from '@maskwright/queue';
import { z } from 'zod';
import type { CacheFile, CacheStatement } from './cache-file.ts';
import type { SeenStudies } from './seen-studies.ts';

/** A result that another one has taken the place of. */
export interface Outdated extends Omit<JobSubject, 'study'> {
  readonly by: JobKey;
}

/** A job that should exist, its state, and the objects that it has stored. */
export interface StandingJob extends Omit<JobSubject, 'study'> {
  readonly kind: JobState['kind'];
  readonly outputs: readonly SOPInstanceUID[];
}

/** A result that the log calls stored, with the objects that the archive should have of it. */
export interface StoredJob extends Omit<JobSubject, 'study'> {
  readonly outputs: readonly SOPInstanceUID[];
  /** It is of a person's own words. */
  readonly words: boolean;
  /** It should exist, as the study and the catalogue are now. */
  readonly expected: boolean;
}

const subjectRow = z.object({
  key: jobKeySchema,
  series: uidSchema<SeriesInstanceUID>(),
  task: z.string(),
  matrix: matrixSchema,
});
const outdatedRow = subjectRow.extend({ by: jobKeySchema });
const standingRow = subjectRow.extend({
  kind: jobStateKindSchema,
  outputs: z
    .string()
    .transform((json): unknown => JSON.parse(json))
    .pipe(z.array(uidSchema<SOPInstanceUID>())),
});
const storedRow = standingRow
  .omit({ kind: true })
  .extend({ words: z.number().transform(Boolean), expected: z.number().transform(Boolean) });

/** What should exist of each study, beside what does. */
export class StudyResults {
  readonly #cache: CacheFile;
  readonly #studies: SeenStudies;
  readonly #statements: Record<'expect' | 'outdated', CacheStatement>;

  constructor(cache: CacheFile, studies: SeenStudies) {
    this.#cache = cache;
    this.#studies = studies;
    this.#statements = {
      expect: cache.prepare('INSERT OR REPLACE INTO expected VALUES (?, ?)'),
      outdated: cache.prepare(`
        SELECT old.key AS key, min(new.key) AS by, old.series AS series, old.task AS task, old.matrix AS matrix
        FROM jobs AS old JOIN jobs AS new ON new.study = old.study AND new.series = old.series AND new.task = old.task
          AND (new.matrix = old.matrix OR new.matrix IS NULL OR old.matrix IS NULL)
        WHERE old.study = ? AND old.words = 0
          AND (old.matrix IS NOT NULL OR new.matrix IS NULL OR NOT EXISTS (
            SELECT 1 FROM expected AS wanted LEFT JOIN jobs AS sibling ON sibling.key = wanted.key
            WHERE wanted.study = old.study AND sibling.series = old.series AND sibling.task = old.task
              AND sibling.kind NOT IN ('stored', 'needs-person'))) AND old.kind IN ('stored', 'needs-person', 'failed')
          AND old.key NOT IN (SELECT key FROM expected)
          AND new.key IN (SELECT key FROM expected) AND (new.kind IN ('stored', 'needs-person') OR (new.kind = 'failed' AND old.kind = 'failed'))
        GROUP BY old.key`),
    };
  }

  /**
   * The jobs that should exist of a study, and no others without a person's words. To be said before they are queued: one
   * may end before this process does anything else.
   */
  expect(study: StudyInstanceUID, jobs: readonly Job[]): void {
    this.#cache.together(() => {
      this.#cache.prepare('DELETE FROM expected WHERE study = ?').run(study);
      for (const { key } of jobs) this.#statements.expect.run(key, study);
    });
  }

  /** The jobs that should exist of a study, with their states; undefined where it has not been dealt with. */
  standing(study: StudyInstanceUID): StandingJob[] | undefined {
    if (!this.#studies.isKnown(study)) return undefined;
    return this.#cache
      .prepare(`SELECT key, series, task, matrix, coalesce(kind, 'queued') AS kind, coalesce(outputs, '[]') AS outputs
        FROM expected JOIN jobs USING (key) WHERE expected.study = ? ORDER BY series, task`)
      .all(study)
      .map((row) => standingRow.parse(withoutNulls(row)));
  }

  /** Results of a study of which the archive should have objects. */
  stored(study: StudyInstanceUID): StoredJob[] {
    return this.#cache
      .prepare(`SELECT key, series, task, matrix, words, outputs, key IN (SELECT key FROM expected) AS expected
        FROM jobs WHERE study = ? AND kind = 'stored' AND outputs <> '[]' ORDER BY series, task`)
      .all(study)
      .map((row) => storedRow.parse(withoutNulls(row)));
  }

  /** Ended jobs of the study in whose place another one has ended. */
  outdated(study: StudyInstanceUID): Outdated[] {
    return this.#statements.outdated.all(study).map((row) => outdatedRow.parse(withoutNulls(row)));
  }
}

function withoutNulls(row: Readonly<Record<string, SQLOutputValue>>): object {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
}
