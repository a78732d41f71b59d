import type { StudyInstanceUID } from '@maskwright/dicom';
import { jobKeySchema, uidSchema } from '@maskwright/queue';
import { z } from 'zod';
import type { CacheFile, CacheStatement } from './cache-file.ts';

/** So many jobs at once. */
const TURN = 1000;
const BEGINNING = { at: Number.MIN_SAFE_INTEGER, key: '' };
const jobRow = z.object({ key: jobKeySchema, study: uidSchema<StudyInstanceUID>(), at: z.number() });

/** Goes through jobs of one kind, oldest event first, and begins again at the end: those that stay keep no other from its turn. */
export class Turns {
  readonly #page: CacheStatement;
  #after: { readonly at: number; readonly key: string } = BEGINNING;

  /** @param which SQL condition on a row of `jobs`; there should be an index on `at` for it */
  constructor(cache: CacheFile, which: string) {
    this.#page = cache.prepare(
      `SELECT key, study, at FROM jobs WHERE ${which} AND at < ? AND (at, key) > (?, ?) ORDER BY at, key LIMIT ${TURN}`,
    );
  }

  /** The studies of those whose turn it is, and of which nothing was heard since `before`, ms. */
  next(before: number): StudyInstanceUID[] {
    const rows = this.#page.all(before, this.#after.at, this.#after.key).map((row) => jobRow.parse(row));
    const last = rows.length === TURN ? rows.at(-1) : undefined;
    this.#after = last ?? BEGINNING;
    return [...new Set(rows.map(({ study }) => study))];
  }
}
