import type { StudyInstanceUID } from '@maskwright/dicom';
import { z } from 'zod';
import type { CacheFile, CacheStatement } from './cache-file.ts';

/** How a study stood when its jobs were queued. */
export interface Standing {
  /** What the archive's list said of it. */
  readonly answer: string;
  readonly fingerprint: string;
}

const studyRow = z.object({
  answer: z.string(),
  fingerprint: z.string(),
  basis: z.string(),
  looked: z.number(),
  changed: z.number(),
});

/** What an archive that does not count (it passes over includefield, say) is taken to have answered. */
export const UNCOUNTED = 'uncounted';

/** No archive's list says this of a study. */
export const UNCERTAIN = 'uncertain';

/** An archive that does not count is asked again after a quarter of the time that a study has been unchanged, in these bounds. */
const UNCOUNTED_MS = { least: 30_000, most: 6 * 3600_000 };

/** How each study stood when its jobs were made. */
export class SeenStudies {
  readonly #cache: CacheFile;
  readonly #basis: string;
  readonly #statements: Record<'study' | 'remember' | 'looked', CacheStatement>;

  constructor(cache: CacheFile, basis: string) {
    this.#cache = cache;
    this.#basis = basis;
    this.#statements = {
      study: cache.prepare('SELECT * FROM studies WHERE study = ?'),
      remember: cache.prepare('INSERT OR REPLACE INTO studies VALUES (?, ?, ?, ?, ?, ?)'),
      looked: cache.prepare('UPDATE studies SET answer = ?, looked = ? WHERE study = ?'),
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

  /** Whether it has been dealt with, by the catalogue and the models of now. */
  isKnown(study: StudyInstanceUID): boolean {
    return this.#study(study)?.basis === this.#basis;
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

  /** Its jobs are queued. */
  reconciled(study: StudyInstanceUID, { answer, fingerprint }: Standing, now: number): void {
    this.#statements.remember.run(study, answer, fingerprint, this.#basis, now, now);
  }

  /** Whatever the archive's list says of it, the next sweep looks at the study. */
  doubt(study: StudyInstanceUID): void {
    this.#cache.prepare('UPDATE studies SET answer = ? WHERE study = ?').run(UNCERTAIN, study);
  }

  forget(study: StudyInstanceUID): void {
    this.#cache.prepare('DELETE FROM studies WHERE study = ?').run(study);
  }

  #study(study: StudyInstanceUID) {
    const row = this.#statements.study.get(study);
    return row && studyRow.parse(row);
  }
}
