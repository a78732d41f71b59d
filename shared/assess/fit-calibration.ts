import type { Calibration, Regression } from '@maskwright/model';
import { CANDIDATES, type CandidateKind } from './assessment.ts';
import { clipped, FEATURES, featuresOf, widthAt } from './features.ts';
import { type FitOptions, fitRegression, regress } from './regression.ts';
import type { Signals } from './signals.ts';

/** One held-out structure of one image with what both models made of it. */
export interface CalibrationCase {
  /** Cases of one image are never apart in fitting and testing. */
  readonly image: string;
  /** family/structure */
  readonly structure: string;
  readonly signals: Signals;
  /** In units of the family's `near`. */
  readonly distance: number;
  readonly vlsm: number;
  readonly conventional: number;
  readonly consensus: number;
}
type Regressions = Record<'level' | 'difference' | 'gain', Regression>;
export type Fitted = Pick<Calibration, 'features' | 'usual' | 'interval' | 'floor'> &
  Regressions & {
    /** Predicted and true Dice of each case's better candidate, by a fit that has not seen its image. */
    readonly outOfFold: readonly OutOfFold[];
  };
export interface OutOfFold {
  readonly kind: CandidateKind;
  readonly predicted: number;
  readonly dice: number;
}

const FOLDS = 5;
const COVERAGE = 0.9;
const LEVEL: FitOptions = { trees: 80, depth: 3, rate: 0.08, least: 12 };
/** Which of the candidates is better is mostly chance: few, careful steps. */
const APART: FitOptions = { trees: 25, depth: 2, rate: 0.08, least: 25 };
/** Masks below this Dice are bad; the floor lets at most MOST_BAD of them pass. */
const BAD = 0.5;
const MOST_BAD = 0.05;
const FLOOR = { least: 0.5, most: 0.75 };

/** Fits on all cases; intervals and floor come from cross-fitting by image. Deterministic. */
export function fitCalibration(cases: readonly CalibrationCase[]): Fitted {
  const images = [...new Set(cases.map(({ image }) => image))].toSorted();
  const foldOf = new Map(images.map((image, index) => [image, index % FOLDS]));
  const inFold = (fold: number) => (one: CalibrationCase) => foldOf.get(one.image) === fold;
  const parts = Array.from({ length: FOLDS }, (_, fold) => ({
    held: cases.filter(inFold(fold)),
    others: cases.filter((one) => !inFold(fold)(one)),
  }));
  // A structure's usual Dice is always taken from other images, in fitting as in use.
  const usualRows = parts.flatMap(({ held, others }) => rowsWith(usualOf(others), held));
  const whole = fit(usualRows);
  const tested = parts.flatMap(({ held, others }) => {
    const inner = Array.from({ length: FOLDS }, (_, n) => n);
    const rows = inner.flatMap((n) => {
      const rest = others.filter((_, index) => index % FOLDS !== n);
      return rowsWith(
        usualOf(rest),
        others.filter((_, index) => index % FOLDS === n),
      );
    });
    const { level, difference, gain } = fit(rows);
    return rowsWith(usualOf(others), held).map(({ features, one }): Tested => {
      const [middle, half] = [regress(level, features), regress(difference, features)];
      const consensus = clipped(middle + regress(gain, features));
      return { one, vlsm: clipped(middle + half), conventional: clipped(middle - half), consensus };
    });
  });
  const outOfFold = tested.map(({ one, ...predicted }): OutOfFold => {
    const kind = CANDIDATES.reduce((best, other) => (predicted[other] > predicted[best] ? other : best));
    return { kind, predicted: predicted[kind], dice: one[kind] };
  });
  return {
    features: [...FEATURES],
    usual: usualOf(cases),
    ...whole,
    ...spread(tested),
    floor: floorOf(outOfFold),
    outOfFold,
  };
}

interface Tested extends Readonly<Record<CandidateKind, number>> {
  readonly one: CalibrationCase;
}
interface Row {
  readonly one: CalibrationCase;
  readonly features: readonly number[];
}

function rowsWith(usual: Readonly<Record<string, number>>, cases: readonly CalibrationCase[]): Row[] {
  return cases.map((one) => ({
    one,
    features: featuresOf(usual[one.structure] ?? usual[''] ?? 0.5, one.signals, one.distance),
  }));
}

function fit(rows: readonly Row[]): Regressions {
  const features = rows.map((row) => row.features);
  const level = rows.map(({ one }) => (one.vlsm + one.conventional) / 2);
  const half = rows.map(({ one }) => (one.vlsm - one.conventional) / 2);
  const gain = rows.map(({ one }, index) => one.consensus - (level[index] ?? 0));
  return {
    level: fitRegression(features, level, LEVEL),
    difference: fitRegression(features, half, APART),
    gain: fitRegression(features, gain, APART),
  };
}

/** A few cases of a structure say little: each mean is drawn towards that of all by ten cases. */
function usualOf(cases: readonly CalibrationCase[]): Record<string, number> {
  const sums = new Map<string, { sum: number; n: number }>();
  let total = 0;
  for (const { structure, vlsm, conventional } of cases) {
    const before = sums.get(structure) ?? { sum: 0, n: 0 };
    sums.set(structure, { sum: before.sum + (vlsm + conventional) / 2, n: before.n + 1 });
    total += (vlsm + conventional) / 2;
  }
  const all = cases.length > 0 ? total / cases.length : 0.5;
  const means = [...sums].map(([structure, { sum, n }]) => [structure, digits((sum + 10 * all) / (n + 10))]);
  return Object.fromEntries([...means, ['', digits(all)]]);
}

function spread(tested: readonly Tested[]): Pick<Calibration, 'interval'> {
  const residuals = tested
    .flatMap(({ one, ...predicted }) =>
      CANDIDATES.map((kind) => (one[kind] - predicted[kind]) / widthAt(predicted[kind])),
    )
    .toSorted((a, b) => a - b);
  const n = residuals.length;
  const outside = (1 - COVERAGE) / 2;
  const low = residuals[Math.max(0, Math.floor(outside * (n + 1)) - 1)] ?? -1;
  const high = residuals[Math.min(n - 1, Math.ceil((1 - outside) * (n + 1)) - 1)] ?? 1;
  return { interval: { coverage: COVERAGE, low: digits(Math.max(0, -low)), high: digits(Math.max(0, high)) } };
}

function floorOf(outOfFold: readonly OutOfFold[]): number {
  const bad = outOfFold.filter(({ dice }) => dice < BAD).map(({ predicted }) => predicted);
  const ascending = bad.toSorted((a, b) => a - b);
  const wanted = ascending[Math.ceil((1 - MOST_BAD) * ascending.length) - 1] ?? FLOOR.least;
  return digits(Math.min(FLOOR.most, Math.max(FLOOR.least, wanted + 1e-4)));
}

function digits(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
