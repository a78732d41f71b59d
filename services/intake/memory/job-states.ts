import type { StudyInstanceUID } from '@maskwright/dicom';
import {
  type JobEvent,
  type JobKey,
  type JobState,
  jobStateKindSchema,
  type Lane,
  laneSchema,
  outputsOf,
} from '@maskwright/queue';
import { z } from 'zod';
import type { CacheFile, CacheStatement } from './cache-file.ts';
import { Turns } from './turns.ts';

/** What is known of a job without asking the log again. */
export interface KnownJob {
  readonly kind: JobState['kind'];
  /** Of its newest event, ms. */
  readonly at: number;
  /** Into which it was queued last; null where that was not told. */
  readonly lane?: Lane | null;
}

const jobRow = z.object({ kind: jobStateKindSchema, at: z.number(), lane: laneSchema.nullable() });

/** The log is read from its beginning: what an earlier reading has left is not held against it. */
const IS_FIRST = 'loaded <> excluded.loaded';
/**
 * "Queued" is written after the job is in its lane: within the same millisecond the job may have ended before. An end that is
 * told after the beginning is news, whatever the clocks say, but for those that only come once more: whoever follows the log
 * reads it from its beginning.
 */
const IS_NEWS = `(${IS_FIRST} OR excluded.at > at OR (excluded.at = at AND excluded.kind <> 'queued')
  OR (kind IN ('queued', 'running') AND excluded.kind NOT IN ('queued', 'running') AND excluded.at >= ?12))`;
/** Clocks differ by less, ms. */
const SKEW = 600_000;

/** Events that are taken over in one transaction. */
const PAGE = 500;

/** The newest state of each job, as the event log tells it. */
export class JobStates {
  readonly #cache: CacheFile;
  readonly #statements: Record<'job' | 'note' | 'backlog', CacheStatement>;
  readonly #waiting: Turns;
  readonly #backlog: Turns;
  readonly #superseded: Turns;
  #load = 0;
  /** An end before that is known from `load`, ms. */
  #newEnds = Number.MIN_SAFE_INTEGER;

  constructor(cache: CacheFile) {
    this.#cache = cache;
    this.#waiting = new Turns(cache, "kind IN ('queued', 'running') AND lane IS NOT 'backlog'");
    this.#backlog = new Turns(cache, "kind IN ('queued', 'running') AND lane = 'backlog'");
    // By IN, SQLite would go through all that is expected instead of what is superseded.
    const expected = 'EXISTS (SELECT 1 FROM expected WHERE expected.key = jobs.key)';
    this.#superseded = new Turns(cache, `kind = 'superseded' AND ${expected}`);
    this.#statements = {
      job: cache.prepare('SELECT kind, at, lane FROM jobs WHERE key = ?'),
      backlog: cache.prepare("SELECT 1 FROM jobs WHERE study = ? AND kind = 'queued' AND lane = 'backlog' LIMIT 1"),
      note: cache.prepare(`
        INSERT INTO jobs (key, study, series, task, matrix, lane, words, kind, at, loaded, outputs)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
        ON CONFLICT (key) DO UPDATE SET loaded = excluded.loaded, words = max(words, excluded.words),
          outputs = CASE WHEN ${IS_NEWS} THEN excluded.outputs ELSE outputs END,
          kind = CASE WHEN ${IS_NEWS} THEN excluded.kind ELSE kind END,
          lane = coalesce(excluded.lane, lane),
          at = CASE WHEN ${IS_FIRST} THEN excluded.at ELSE max(at, excluded.at) END`),
    };
  }

  get(key: JobKey): KnownJob | undefined {
    const row = this.#statements.job.get(key);
    return row && jobRow.parse(row);
  }

  /** Whether a job of the study waits in the backlog. */
  isInBacklog(study: StudyInstanceUID): boolean {
    return this.#statements.backlog.get(study) !== undefined;
  }

  /** An older event after a newer one changes nothing. */
  note({ key, study, series, task, matrix, at, state }: JobEvent): void {
    const lane = state.kind === 'queued' ? state.lane : null;
    const subject = [key, study, series, task, matrix ?? null, lane, isInWords(state) ? 1 : 0];
    const outputs = JSON.stringify(outputsOf(state));
    this.#statements.note.run(...subject, state.kind, Date.parse(at), this.#load, outputs, this.#newEnds);
  }

  /**
   * Takes over what the log holds. Of studies whose jobs it no longer knows (a topic was lost) the jobs are made again; where
   * `signal` aborts, that is not known.
   */
  async load(events: AsyncIterable<JobEvent> | Iterable<JobEvent>, signal?: AbortSignal): Promise<void> {
    this.#load = Number(this.#cache.prepare('SELECT coalesce(max(loaded), 0) + 1 AS n FROM jobs').get()?.n);
    this.#newEnds = Number.MIN_SAFE_INTEGER;
    let page: JobEvent[] = [];
    const take = () => {
      const taken = page;
      page = [];
      this.#cache.together(() => {
        for (const event of taken) this.note(event);
      });
    };
    for await (const event of events) if (page.push(event) >= PAGE) take();
    take();
    this.#newEnds = Number(this.#cache.prepare('SELECT coalesce(max(at), 0) AS at FROM jobs').get()?.at) - SKEW;
    if (signal?.aborted) return;
    this.#cache.together(() => {
      this.#cache.prepare('DELETE FROM jobs WHERE loaded < ?').run(this.#load);
      const lost = 'SELECT study FROM expected WHERE key NOT IN (SELECT key FROM jobs)';
      this.#cache.prepare(`DELETE FROM studies WHERE study IN (${lost})`).run();
    });
  }

  /**
   * Studies with a job that should exist and was ended as superseded before `before`, ms: it is wanted again after all. Of
   * many, those whose turn it is.
   */
  wantedAgain(before: number): StudyInstanceUID[] {
    return this.#superseded.next(before);
  }

  /**
   * Studies with a job that was queued or begun before `before`, ms, or as backlog before `longBefore`, and of which nothing
   * was heard since. Of many, those whose turn it is.
   */
  waitingSince(before: number, longBefore = before): StudyInstanceUID[] {
    return [...new Set([...this.#waiting.next(before), ...this.#backlog.next(longBefore)])];
  }
}

function isInWords(state: JobState): boolean {
  if (state.kind === 'queued') return state.prompt !== undefined;
  return 'result' in state && state.result.segments.some(({ promptType }) => promptType === 'human');
}
