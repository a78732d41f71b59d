import type { JobEvent, JobKey, Provenance, ResultSummary } from '@maskwright/queue';
import { stabilityIndex, tenthsOf } from './stability.ts';

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
  readonly percentile: number;
  readonly predictedDice: number | undefined;
  readonly needsPerson: boolean;
}
interface Window {
  readonly labels: DriftLabels;
  readonly seen: Map<JobKey, Seen>;
}

/**
 * How far the images that arrive lie from those a model was trained on, by model, kind of image, device and site. An image's
 * percentile says which share of the card's own images lies nearer, so the card expects a tenth of the results in each tenth.
 * Folded from the event log: the same event twice counts once, and the compacted log gives the same as the whole one.
 */
export class Drift {
  /** In the order of the last result. */
  readonly #windows = new Map<string, Window>();
  readonly #windowOf = new Map<JobKey, Window>();
  readonly #devices = new Set<string>();

  apply({ key, state }: JobEvent): void {
    if (state.kind === 'superseded') this.#forget(key);
    if (state.kind !== 'stored' && state.kind !== 'needs-person') return;
    const { result } = state;
    const { provenance, assessment } = result;
    if (!provenance || assessment.percentile === null || isAsked(result)) return;
    this.#forget(key);
    const { percentile, predictedDice, family } = assessment;
    const window = this.#windowFor({ ...provenance, device: this.#deviceOf(provenance), family });
    window.seen.set(key, { percentile, predictedDice, needsPerson: state.kind === 'needs-person' });
    this.#windowOf.set(key, window);
    const [oldest] = window.seen.keys();
    if (window.seen.size > WINDOW && oldest) this.#forget(oldest);
  }

  /** By their labels. */
  groups(): DriftGroup[] {
    return [...this.#windows]
      .filter(([, { seen }]) => seen.size > 0)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, window]) => groupOf(window));
  }

  #forget(key: JobKey): void {
    this.#windowOf.get(key)?.seen.delete(key);
    this.#windowOf.delete(key);
  }

  /** A group that is long without results gives its place to a new one. */
  #windowFor({ bundle, version, family, modality, device, site }: DriftLabels): Window {
    const labels = { bundle, version, family, modality, device, site };
    const id = Object.values(labels).join('\n');
    const window = this.#windows.get(id) ?? { labels, seen: new Map() };
    this.#windows.delete(id);
    this.#windows.set(id, window);
    const [[oldest, { seen }] = [id, window]] = this.#windows;
    if (this.#windows.size > MOST_GROUPS) {
      for (const key of [...seen.keys()]) this.#forget(key);
      this.#windows.delete(oldest);
    }
    return window;
  }

  #deviceOf({ device }: Provenance): string {
    if (this.#devices.size < MOST_DEVICES) this.#devices.add(device);
    return this.#devices.has(device) ? device : 'other';
  }
}

/** A person asks again where a result looks wrong: the same image a second time, and not a chance one. */
function isAsked({ segments }: ResultSummary): boolean {
  return segments.some(({ promptType }) => promptType === 'human');
}

function groupOf({ labels, seen }: Window): DriftGroup {
  const all = [...seen.values()];
  const tenths = tenthsOf(all.map(({ percentile }) => percentile));
  const predicted = all.flatMap(({ predictedDice }) => predictedDice ?? []);
  return {
    labels,
    results: all.length,
    index: all.length < LEAST_RESULTS ? null : stabilityIndex(tenths),
    shares: tenths.map((count) => count / all.length),
    needsPerson: all.filter(({ needsPerson }) => needsPerson).length / all.length,
    predictedDice: predicted.length > 0 ? predicted.reduce((sum, one) => sum + one, 0) / predicted.length : null,
  };
}
