import type { Calibration, Domain } from '@maskwright/model';
import type { CandidateKind } from './assessment.ts';
import { regress } from './regression.ts';
import type { CandidateSignals, Signals } from './signals.ts';

/** What the prediction is made from, in this order. */
export const FEATURES = [
  'usual',
  'agreement',
  'distance',
  ...(['vlsm', 'conventional'] as const).flatMap((kind) =>
    (['own', 'cross', 'peak', 'area', 'entropy'] as const).map((name) => `${kind}.${name}`),
  ),
  'vlsm.mirrored',
  'conventional.mirrored',
] as const;

/** Distances beyond this many times `near` say no more than that. */
const FARTHEST = 4;

/** @param usual mean Dice of the structure's calibration cases; @param distance in units of the family's `near` */
export function featuresOf(usual: number, { vlsm, conventional, agreement }: Signals, distance: number): number[] {
  const of = ({ own, cross, peak, area, entropy }: CandidateSignals) => [
    own,
    cross,
    peak,
    Math.log10(area + 1e-5),
    Math.log10(entropy + 1e-5),
  ];
  return [
    usual,
    agreement,
    Math.min(distance, FARTHEST),
    ...of(vlsm),
    ...of(conventional),
    vlsm.mirrored,
    conventional.mirrored,
  ];
}

export interface Seen {
  readonly family: string;
  readonly target: string;
  readonly domain: Domain | undefined;
  readonly distance: number | undefined;
  readonly signals: Signals;
}
export interface PredictedDice {
  readonly dice: number;
  readonly low: number;
  readonly high: number;
}
/** No consensus where the calibration knows none. */
export type Prediction = Readonly<Record<Exclude<CandidateKind, 'consensus'>, PredictedDice>> & {
  readonly consensus?: PredictedDice;
};

/** Dice to expect of the candidates' masks of one target. */
export function predict(calibration: Calibration, { family, target, domain, distance, signals }: Seen): Prediction {
  const usual = calibration.usual[`${family}/${target}`] ?? calibration.usual[''] ?? 0.5;
  const features = featuresOf(usual, signals, relativeDistance(domain, distance));
  const level = regress(calibration.level, features);
  const half = regress(calibration.difference, features);
  return {
    vlsm: withInterval(calibration, level + half),
    conventional: withInterval(calibration, level - half),
    ...(calibration.gain && { consensus: withInterval(calibration, level + regress(calibration.gain, features)) }),
  };
}

/** In units of `near`; an unknown distance counts as usual. */
export function relativeDistance(domain: Domain | undefined, distance: number | undefined): number {
  return domain && distance !== undefined ? distance / domain.near : 1;
}

/** Good masks vary less than bad ones. */
export function widthAt(dice: number): number {
  return 1.05 - dice;
}

function withInterval({ interval }: Calibration, value: number): PredictedDice {
  const dice = clipped(value);
  return {
    dice,
    low: clipped(dice - interval.low * widthAt(dice)),
    high: clipped(dice + interval.high * widthAt(dice)),
  };
}

export function clipped(value: number): number {
  return Math.min(1, Math.max(0, value));
}
