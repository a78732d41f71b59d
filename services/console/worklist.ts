import type { SOPInstanceUID } from '@maskwright/dicom';
import {
  isUnderWay,
  type JobEvent,
  type JobKey,
  type JobState,
  type JobSubject,
  type Lane,
  outputsOf,
  type ResultSummary,
  subjectOf,
  wordsOf,
} from '@maskwright/queue';

/** One result as the event log tells it: the newest state, and what earlier events said that the newest does not repeat. */
export interface WorklistEntry extends JobSubject {
  /** Time of the newest event, ISO 8601. */
  readonly at: string;
  readonly state: JobState['kind'];
  readonly lane?: Lane;
  /** A person's own words; absent where the catalogue's templates made the prompts. */
  readonly prompt?: string;
  /** What the archive has of it. */
  readonly sopInstanceUIDs: readonly SOPInstanceUID[];
  readonly result?: ResultSummary;
  /** When the archive was first seen without it, or without a part of it. */
  readonly deletedAt?: string;
  /** The result that has taken its place. */
  readonly supersededBy?: JobKey;
  readonly failure?: { readonly code: string; readonly reason: string };
}

/** Folds events into results, in memory and bounded: beyond the limit the oldest are forgotten (the PACS still has them). */
export class Worklist {
  readonly #entries = new Map<JobKey, WorklistEntry>();
  readonly #listeners = new Set<(entry: WorklistEntry) => void>();
  readonly #most: number;
  #truncated = false;
  constructor(most = 2000) {
    this.#most = most;
  }

  /** The same event twice, or an older one after a newer, changes nothing. */
  apply(event: JobEvent): void {
    const before = this.#entries.get(event.key);
    const entry = fold(before, event);
    if (entry === before) return;
    this.#entries.delete(entry.key);
    this.#entries.set(entry.key, entry);
    if (this.#entries.size > this.#most) this.#forgetOldest();
    for (const listener of this.#listeners) listener(entry);
  }

  get(key: string): WorklistEntry | undefined {
    return this.#entries.get(key as JobKey);
  }

  /** Last changed first. */
  list(): { readonly entries: readonly WorklistEntry[]; readonly truncated: boolean } {
    return { entries: [...this.#entries.values()].reverse(), truncated: this.#truncated };
  }

  /** @returns a function that ends the subscription */
  onChange(listener: (entry: WorklistEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The map is in the order of the last change. */
  #forgetOldest(): void {
    this.#truncated = true;
    const [oldest] = this.#entries.keys();
    if (oldest) this.#entries.delete(oldest);
  }
}

/** @returns `before` itself where the event says nothing new */
export function fold(before: WorklistEntry | undefined, event: JobEvent): WorklistEntry {
  if (before && !isNews(before, event)) return withWords(before, event);
  const { state } = event;
  const at = before && Date.parse(before.at) > Date.parse(event.at) ? before.at : event.at;
  const base = { ...subjectOf(event), at, state: state.kind, sopInstanceUIDs: [], ...keptOf(before) };
  switch (state.kind) {
    case 'queued':
      return { ...base, lane: state.lane, ...(state.prompt === undefined ? {} : { prompt: state.prompt }) };
    case 'running':
      return base;
    case 'stored':
      return {
        ...base,
        ...humanWords(state.result),
        ...(state.deleted ? { deletedAt: state.deleted.at } : {}),
        sopInstanceUIDs: outputsOf(state),
        result: state.result,
      };
    case 'needs-person':
      return { ...base, ...humanWords(state.result), result: state.result };
    case 'superseded':
      // The earlier result is still in the archive, and its masks can be seen here.
      return { ...(before ?? base), at, state: state.kind, supersededBy: state.by };
    case 'failed':
      return { ...base, failure: { code: state.code, reason: state.reason } };
  }
}

/**
 * `queued` is written after the job is in the queue, so that it can arrive after `running`. An end that is told after the
 * beginning is news, whatever the clocks say.
 */
function isNews(before: WorklistEntry, { at, state }: JobEvent): boolean {
  if (isUnderWay(before.state) && !isUnderWay(state.kind)) return true;
  const [old, now] = [Date.parse(before.at), Date.parse(at)];
  if (now !== old) return now > old;
  return state.kind !== before.state && state.kind !== 'queued';
}

function withWords(before: WorklistEntry, { state }: JobEvent): WorklistEntry {
  if (state.kind !== 'queued' || before.lane) return before;
  return { ...before, lane: state.lane, ...(state.prompt === undefined ? {} : { prompt: state.prompt }) };
}

function keptOf(before: WorklistEntry | undefined): Pick<WorklistEntry, 'lane' | 'prompt'> {
  return {
    ...(before?.lane ? { lane: before.lane } : {}),
    ...(before?.prompt === undefined ? {} : { prompt: before.prompt }),
  };
}

/** A compacted log has only the newest event of a key: the words are then known from the result. */
function humanWords(result: ResultSummary): Pick<WorklistEntry, 'prompt'> {
  const prompt = wordsOf(result);
  return prompt === undefined ? {} : { prompt };
}
