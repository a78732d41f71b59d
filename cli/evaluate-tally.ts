import { areaUnder, failureAuroc, meanWithInterval, riskCoverage } from '@maskwright/score';
import type { Case } from './evaluate-cases.ts';
import type { CaseRecord, Comparison } from './evaluate-record.ts';

/** One row of report.json: a model's masks of one structure in one data set. */
export interface ReportRow {
  readonly dataset: string;
  readonly target: string;
  readonly model: string;
  readonly promptType: string;
  readonly n: number;
  readonly dice: number;
  readonly diceLow: number;
  readonly diceHigh: number;
  readonly iou: number;
  readonly hd95: number;
  readonly nsd: number;
}

/** How the assessment's choice compares with its candidates, over the cases in which both models have a mask, each once. */
export interface ChoiceReport {
  readonly n: number;
  readonly vlsm: number;
  readonly conventional: number;
  /** The mask of the mean of both models' answers. */
  readonly consensus: number;
  readonly auto: number;
  /** The best of the three in each case; all of the image as it is, so that the choice among retouched images may pass it. */
  readonly oracle: number;
  /**
   * Share of the way from the better single model to the oracle: below 0 where the choice loses, above 1 where retouched looks
   * win; null where there is no way.
   */
  readonly wayToOracle: number | null;
  /** Of Dice < 0.7 by the predicted Dice; null without calibration, or where all or none failed. */
  readonly failureAuroc: number | null;
  /** Mean risk (1 − Dice) over all coverages; null without calibration. */
  readonly areaUnderRiskCoverage: number | null;
  /** Cases in which the choice is a mask of the retouched image. */
  readonly retouched: number;
  readonly stored: number;
  readonly needsPerson: number;
  /** Mean Dice of the stored ones; null where none is. */
  readonly diceOfStored: number | null;
  /** Share of all cases with Dice < 0.5 that were stored. */
  readonly badStored: number | null;
}

export const FAILED = 0.7;
export const BAD = 0.5;

type Scores = { dice: number[]; iou: number[]; hd95: number[]; nsd: number[] };
/** What one row is made of, in the order of the cases. */
interface Gathered {
  readonly key: Omit<ReportRow, keyof Scores | 'n' | 'diceLow' | 'diceHigh'>;
  readonly scores: Scores;
  /** Patient, exam or sequence of each score. */
  readonly groups: string[];
}

/** Gathers numbers, not masks: a few bytes a case, however many there are. */
export class Tally {
  readonly #rows = new Map<string, Gathered>();
  readonly comparisons: Comparison[] = [];

  add({ dataset, target, group }: Case, { image, rows, comparisons }: CaseRecord): void {
    for (const row of rows) {
      const key = { dataset, target, model: row.model, promptType: row.promptType };
      const id = JSON.stringify(key);
      const gathered = this.#rows.get(id) ?? { key, scores: { dice: [], iou: [], hd95: [], nsd: [] }, groups: [] };
      this.#rows.set(id, gathered);
      for (const name of ['dice', 'iou', 'hd95', 'nsd'] as const) gathered.scores[name].push(row[name]);
      gathered.groups.push(group ?? image);
    }
    this.comparisons.push(...comparisons);
  }

  rows(): ReportRow[] {
    return [...this.#rows.values()].map(({ key, scores, groups }) => {
      const { mean: dice, low: diceLow, high: diceHigh } = meanWithInterval(scores.dice, groups);
      const rounded = {
        dice,
        diceLow,
        diceHigh,
        iou: mean(scores.iou),
        hd95: mean(scores.hd95),
        nsd: mean(scores.nsd),
      };
      return { ...key, n: scores.dice.length, ...roundAll(rounded) };
    });
  }

  choice(): ChoiceReport | null {
    const all = this.comparisons;
    if (all.length === 0) return null;
    const of = (pick: (one: Comparison) => number) => mean(all.map(pick));
    const vlsm = of((one) => one.vlsm);
    const conventional = of((one) => one.conventional);
    const consensus = of((one) => one.consensus);
    const auto = of((one) => one.auto);
    const oracle = of((one) => Math.max(one.vlsm, one.conventional, one.consensus));
    const better = Math.max(vlsm, conventional);
    const stored = all.filter((one) => one.stored);
    const bad = all.filter(({ auto: dice }) => dice < BAD);
    const forecasts = this.forecasts();
    return {
      n: all.length,
      ...roundAll({ vlsm, conventional, consensus, auto, oracle }),
      wayToOracle: oracle > better ? round((auto - better) / (oracle - better)) : null,
      failureAuroc: forecasts.length > 0 ? roundOr(failureAuroc(forecasts, FAILED)) : null,
      areaUnderRiskCoverage: forecasts.length > 0 ? round(areaUnder(riskCoverage(forecasts))) : null,
      retouched: all.filter(({ retouch }) => retouch !== null).length,
      stored: stored.length,
      needsPerson: all.length - stored.length,
      diceOfStored: stored.length > 0 ? round(mean(stored.map((one) => one.auto))) : null,
      badStored: bad.length > 0 ? round(bad.filter((one) => one.stored).length / bad.length) : null,
    };
  }

  /** Of the choice, where a Dice was predicted. */
  forecasts() {
    return this.comparisons.flatMap(({ predicted, auto }) => (predicted === null ? [] : [{ predicted, dice: auto }]));
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, one) => sum + one, 0) / values.length;
}

/** Four digits: more than the interval ever supports. */
export function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
function roundOr(value: number | undefined): number | null {
  return value === undefined ? null : round(value);
}
function roundAll<Name extends string>(values: Readonly<Record<Name, number>>): Record<Name, number> {
  return Object.fromEntries(Object.entries<number>(values).map(([name, value]) => [name, round(value)])) as Record<
    Name,
    number
  >;
}
