import type { Retouch } from '@maskwright/image';

/** Whose masks they are: one model's, or the mean of both models' answers. */
export const CANDIDATES = ['vlsm', 'conventional', 'consensus'] as const;
export type CandidateKind = (typeof CANDIDATES)[number];

/** What a single model must promise more than the mean of both: less is mostly chance (decision 009). */
const WORTH_LEAVING_THE_MEAN = 0.02;

/** By which candidates are ranked, best first. @param predictedDice 0–1 */
export function rankOf(kind: CandidateKind, predictedDice: number): number {
  return kind === 'consensus' ? predictedDice + WORTH_LEAVING_THE_MEAN : predictedDice;
}

/** The names that the candidates' masks go by. */
export function modelsOf(ids: Readonly<Record<'vlsm' | 'conventional', string>>): Record<CandidateKind, string> {
  return { ...ids, consensus: `${ids.vlsm} + ${ids.conventional}` };
}

/** What a candidate's masks of a series are expected to be worth. */
export interface Candidate {
  readonly kind: CandidateKind;
  /** Id of the bundle; of both bundles for the consensus. */
  readonly model: string;
  /** Expected Dice, 0–1: mean over the targets. */
  readonly predictedDice: number;
  /** Bounds in which it lies as often as the calibration says (usually 90 %). */
  readonly low: number;
  readonly high: number;
}

/** How far an image is from what a model was trained on, whose masks were chosen, and why. */
export interface Assessment {
  readonly family: string;
  /** What was done to the image before the models saw it; null: nothing. */
  readonly retouch: Retouch | null;
  /** Reasons of the metadata gate for doubt (modality, colour, size, uniform image); empty: passed. */
  readonly gate: readonly string[];
  /** Mahalanobis distance of pooled image features to the training statistics; null where the bundle has none. */
  readonly distance: number | null;
  /** Share (0–100) of calibration images that lie nearer. */
  readonly percentile: number | null;
  /** Of several frames: which share (0–1) of them lies in each tenth of such percentiles; null of one frame. */
  readonly percentileShares: readonly number[] | null;
  /** Mean Dice (0–1) between the masks of both models; null where they had nothing in common to compare. */
  readonly agreement: number | null;
  /** Mean pairwise Dice (0–1) among the masks of the prompt's wordings; null where one wording was asked. */
  readonly wordings: number | null;
  /** Best first, those that fit the image before the others; empty where the bundle has no calibration for this pair of models, or nothing could be compared. */
  readonly candidates: readonly Candidate[];
  readonly choice: { readonly kind: CandidateKind; readonly model: string } | { readonly kind: 'needs-person' };
  /** One sentence for a person. */
  readonly reason: string;
}
