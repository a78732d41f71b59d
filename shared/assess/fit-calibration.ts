import type { Retouch } from '@maskwright/image';
import type { Calibration, Regression } from '@maskwright/model';
import { CANDIDATES, type CandidateKind, rankOf } from './assessment.ts';
import { clipped, FEATURES, featuresOf, widthAt } from './features.ts';
import { bestLook, LOOK_AGAIN, wantsAnotherLook } from './look-again.ts';
import { type FitOptions, fitRegression, regress } from './regression.ts';
import type { Signals } from './signals.ts';

/** One held-out structure of one image with what both models made of it in one look. */
export interface CalibrationCase {
  /** Patient, exam or sequence: what belongs together is never apart in fitting and testing. */
  readonly group: string;
  readonly image: string;
  /** Copy of the image, as another place might have made it; 0: the image itself. */
  readonly copy: number;
  /** What was done to that before the models saw it; null: nothing. */
  readonly retouch: Retouch | null;
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
export type Fitted = Pick<Calibration, 'features' | 'usual' | 'interval' | 'floor' | 'lookAgain'> &
  Regressions & {
    /** Of each copy's structure: predicted and true Dice of the candidate that would be chosen, by a fit that has not seen its group. */
    readonly outOfFold: readonly OutOfFold[];
  };
export interface OutOfFold {
  readonly kind: CandidateKind;
  readonly retouch: Retouch | null;
  readonly predicted: number;
  readonly dice: number;
}

/** Into which groups are divided: fewer groups cannot be fitted. */
export const FOLDS = 5;
const COVERAGE = 0.9;
const LEVEL: FitOptions = { trees: 80, depth: 3, rate: 0.08, least: 12 };
/** Which of the candidates is better is mostly chance: few, careful steps. */
const APART: FitOptions = { trees: 25, depth: 2, rate: 0.08, least: 25 };
/** Masks below this Dice are bad; of those to come the floor is expected to let at most MOST_BAD pass. */
const BAD = 0.5;
const MOST_BAD = 0.05;
/** Of a few bad masks one is enough to ask for more than any prediction. */
const FLOOR = { least: 0.5, most: 0.9 };

/**
 * Fits on all cases; intervals and floor come from cross-fitting by group. Deterministic.
 * @throws RangeError where there are fewer groups than folds: what nothing was fitted on would be foretold as 0
 */
export function fitCalibration(cases: readonly CalibrationCase[]): Fitted {
  const groups = new Set(cases.map(({ group }) => group)).size;
  if (groups < FOLDS) throw new RangeError(`${groups} groups for ${FOLDS} folds`);
  const whole = fit(rowsOf(cases));
  const tested = foldsOf(cases).flatMap(({ held, others }) => {
    const { level, difference, gain } = fit(rowsOf(others));
    return rowsWith(usualOf(others), held).map(({ features, one }): Tested => {
      const [middle, half] = [regress(level, features), regress(difference, features)];
      const consensus = clipped(middle + regress(gain, features));
      return { one, vlsm: clipped(middle + half), conventional: clipped(middle - half), consensus };
    });
  });
  const outOfFold = chosen(tested);
  return {
    features: [...FEATURES],
    usual: usualOf(cases),
    ...whole,
    ...spread(tested),
    floor: floorOf(outOfFold),
    ...(cases.some(({ retouch }) => retouch !== null) && { lookAgain: LOOK_AGAIN }),
    outOfFold,
  };
}

interface Tested extends Readonly<Record<CandidateKind, number>> {
  readonly one: CalibrationCase;
}
/** Divided by group. */
function foldsOf(cases: readonly CalibrationCase[]) {
  const groups = [...new Set(cases.map(({ group }) => group))].toSorted();
  const foldOf = new Map(groups.map((group, index) => [group, index % FOLDS]));
  return Array.from({ length: FOLDS }, (_, fold) => ({
    held: cases.filter(({ group }) => foldOf.get(group) === fold),
    others: cases.filter(({ group }) => foldOf.get(group) !== fold),
  }));
}

/** A structure's usual Dice is always taken from other groups, in fitting as in use. */
function rowsOf(cases: readonly CalibrationCase[]): Row[] {
  return foldsOf(cases).flatMap(({ held, others }) => rowsWith(usualOf(others), held));
}

/** As in use: the best candidate of the image as it is, or of a retouched one where that promises more. */
function chosen(tested: readonly Tested[]): OutOfFold[] {
  const looks = Map.groupBy(tested, ({ one: { image, copy, structure } }) => JSON.stringify([image, copy, structure]));
  return [...looks.values()].flatMap((all) => {
    const candidates = all.map(({ one, ...predictions }) => {
      const ranked = (kind: CandidateKind) => rankOf(kind, predictions[kind]);
      const kind = CANDIDATES.reduce((best, other) => (ranked(other) > ranked(best) ? other : best));
      const { retouch, distance } = one;
      return { kind, retouch, distance, predicted: predictions[kind], dice: one[kind] };
    });
    const asIs = candidates.find(({ retouch }) => retouch === null);
    if (!asIs) return [];
    const others = candidates.filter(({ retouch }) => retouch !== null);
    return [wantsAnotherLook(asIs, LOOK_AGAIN) ? bestLook(asIs, others) : asIs];
  });
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

/** Of images as they are. A few cases of a structure say little: each mean is drawn towards that of all by ten cases. */
function usualOf(all: readonly CalibrationCase[]): Record<string, number> {
  const cases = all.filter(({ retouch }) => retouch === null);
  const sums = new Map<string, { sum: number; n: number }>();
  let total = 0;
  for (const { structure, vlsm, conventional } of cases) {
    const before = sums.get(structure) ?? { sum: 0, n: 0 };
    sums.set(structure, { sum: before.sum + (vlsm + conventional) / 2, n: before.n + 1 });
    total += (vlsm + conventional) / 2;
  }
  const mean = cases.length > 0 ? total / cases.length : 0.5;
  const means = [...sums].map(([structure, { sum, n }]) => [structure, digits((sum + 10 * mean) / (n + 10))]);
  return Object.fromEntries([...means, ['', digits(mean)]]);
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

/**
 * Of n bad held-out masks MOST_BAD · (n + 1) − 1 may pass: then the next one passes with that probability at most, where it
 * is of the same kind (conformal risk control, Angelopoulos et al., ICLR 2024). Of fewer than 39 none may; fewer than 19
 * cannot tell so much.
 */
export function floorOf(outOfFold: readonly Pick<OutOfFold, 'predicted' | 'dice'>[]): number {
  const bad = outOfFold.filter(({ dice }) => dice < BAD).map(({ predicted }) => predicted);
  const mayPass = Math.max(0, Math.floor(MOST_BAD * (bad.length + 1)) - 1);
  const wanted = bad.toSorted((a, b) => b - a)[mayPass] ?? 0;
  return digits(Math.min(FLOOR.most, Math.max(FLOOR.least, wanted + 1e-4)));
}

function digits(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
