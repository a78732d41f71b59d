import { TENTHS, tenthsOf } from '@maskwright/assess';
import type { JobEvent, JobKey, JobState, Provenance, ResultSummary } from '@maskwright/queue';
import { stabilityIndex } from './stability.ts';

/** What is counted together. */
export interface DriftLabels extends Provenance {
  readonly family: string;
}
export interface DriftGroup {
  readonly labels: DriftLabels;
  /** Results in the window. */
  readonly results: number;
  /** Of the percentiles in ten equal parts, against a tenth in each; null below LEAST_RESULTS. */
  readonly index: number | null;
  /** Share (0–1) of the window's percentiles in each tenth: 0–10, 10–20 … 90–100. */
  readonly shares: readonly number[];
  /** Share (0–1) that no model was fit for. */
  readonly needsPerson: number;
  /** Mean, 0–1; null where the models are not calibrated. */
  readonly predictedDice: number | null;
}

/** Newest results of a group that are looked at. */
export const WINDOW = 500;
/** Below, chance alone makes an index of about 0.1: (bins − 1) / results. */
export const LEAST_RESULTS = 100;
/** Bounds of what becomes labels of metrics. */
const MOST_GROUPS = 200;
const MOST_DEVICES = 50;

interface Seen {
  readonly key: JobKey;
  /** When it was made, milliseconds. */
  readonly at: number;
  /** Of one image, in each tenth of the percentiles. */
  readonly shares: readonly number[];
  readonly predictedDice: number | undefined;
  readonly needsPerson: boolean;
}
interface Window {
  readonly labels: DriftLabels;
  /** In the order in which they were made, so that it does not matter when the log tells of them. */
  readonly seen: Seen[];
}

/**
 * How far the images that arrive lie from those a model was trained on, by model, kind of image, device and site. An image's
 * percentile says which share of the card's own images lies nearer, so the card expects a tenth of the results in each tenth.
 * A series of several frames counts as one result, spread as its frames are.
 * Folded from the event log: the same event twice counts once, a result stays where it is when it is deleted in the archive,
 * and the compacted log gives the same as the whole one.
 */
export class Drift {
  readonly #windows = new Map<string, Window>();
  readonly #windowOf = new Map<JobKey, Window>();
  readonly #devices = new Set<string>();
  readonly #most: number;
  constructor(most = WINDOW) {
    this.#most = most;
  }

  apply({ key, at, state }: JobEvent): void {
    if (state.kind === 'superseded') this.#forget(key);
    if (state.kind !== 'stored' && state.kind !== 'needs-person') return;
    const { result } = state;
    const { provenance, assessment } = result;
    if (!provenance || assessment.percentile === null || isAsked(result)) return;
    this.#forget(key);
    const made = madeAt(at, state);
    if (made === undefined) return;
    const { percentile, percentileShares: shares = tenthsOf([percentile]), predictedDice, family } = assessment;
    const window = this.#windowFor({ ...provenance, device: this.#deviceOf(provenance), family });
    const seen = { key, at: made, shares, predictedDice, needsPerson: state.kind === 'needs-person' };
    window.seen.splice(window.seen.findLastIndex((one) => isBefore(one, seen)) + 1, 0, seen);
    this.#windowOf.set(key, window);
    const [oldest] = window.seen;
    if (window.seen.length > this.#most && oldest) this.#forget(oldest.key);
    if (this.#windows.size > MOST_GROUPS) this.#dropOldest();
  }

  /** By their labels. */
  groups(): DriftGroup[] {
    return [...this.#windows]
      .filter(([, { seen }]) => seen.length > 0)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, window]) => groupOf(window));
  }

  #forget(key: JobKey): void {
    const window = this.#windowOf.get(key);
    if (!window) return;
    window.seen.splice(
      window.seen.findIndex((one) => one.key === key),
      1,
    );
    this.#windowOf.delete(key);
  }

  #windowFor({ bundle, version, family, modality, device, site }: DriftLabels): Window {
    const labels = { bundle, version, family, modality, device, site };
    const id = Object.values(labels).join('\n');
    const window = this.#windows.get(id) ?? { labels, seen: [] };
    this.#windows.set(id, window);
    return window;
  }

  /** The group that is longest without results gives its place to others. */
  #dropOldest(): void {
    const [oldest] = [...this.#windows].sort(([, a], [, b]) => newestOf(a) - newestOf(b));
    if (!oldest) return;
    const [id, { seen }] = oldest;
    for (const { key } of [...seen]) this.#forget(key);
    this.#windows.delete(id);
  }

  #deviceOf({ device }: Provenance): string {
    if (this.#devices.size < MOST_DEVICES) this.#devices.add(device);
    return this.#devices.has(device) ? device : 'other';
  }
}

/**
 * The event of a deletion takes the place of the one that said when the result was made. Without `madeAt` its place cannot be
 * known any more, and it is left out: purging old results must not make them the newest.
 */
function madeAt(at: string, state: JobState & { readonly result: ResultSummary }): number | undefined {
  if (state.result.madeAt !== undefined) return Date.parse(state.result.madeAt);
  return state.kind === 'stored' && state.deleted ? undefined : Date.parse(at);
}

function isBefore(one: Seen, other: Seen): boolean {
  return one.at === other.at ? one.key < other.key : one.at < other.at;
}

function newestOf({ seen }: Window): number {
  return seen.at(-1)?.at ?? 0;
}

/** A person asks again where a result looks wrong: the same image a second time, and not a chance one. */
function isAsked({ segments }: ResultSummary): boolean {
  return segments.some(({ promptType }) => promptType === 'human');
}

function groupOf({ labels, seen }: Window): DriftGroup {
  const tenths = Array.from({ length: TENTHS }, (_, tenth) =>
    seen.reduce((sum, { shares }) => sum + (shares[tenth] ?? 0), 0),
  );
  const predicted = seen.flatMap(({ predictedDice }) => predictedDice ?? []);
  return {
    labels,
    results: seen.length,
    index: seen.length < LEAST_RESULTS ? null : stabilityIndex(tenths),
    shares: tenths.map((count) => count / seen.length),
    needsPerson: seen.filter(({ needsPerson }) => needsPerson).length / seen.length,
    predictedDice: predicted.length > 0 ? predicted.reduce((sum, one) => sum + one, 0) / predicted.length : null,
  };
}
