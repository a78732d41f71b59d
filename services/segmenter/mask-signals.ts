import type { CandidateSignals, Signals } from '@maskwright/assess';
import { type Logits, sigmoid } from '@maskwright/model';
import { diceOf, type Overlap } from '@maskwright/score';
import { Agreement, meanDice } from './agreement.ts';
import { meanLogits } from './ensemble.ts';
import type { Answers } from './looks.ts';

interface Sums {
  pixels: number;
  both: number;
  readonly vlsm: ModelSums;
  readonly conventional: ModelSums;
}
interface ModelSums {
  mask: number;
  probability: number;
  /** Of its own probabilities inside its mask, and of the other's. */
  own: number;
  cross: number;
  peak: number;
  entropy: number;
}

/** Gathers, frame by frame, what the assessment wants to know of both models' masks; masks are where p > 0.5. */
export class MaskSignals {
  readonly #targets = new Map<number, Sums>();
  readonly #posed = { vlsm: new Agreement(), conventional: new Agreement() };

  /** Logits of both for the same frames, at one size. */
  add(target: number, vlsm: readonly Logits[], conventional: readonly Logits[]): void {
    for (const [frame, { data }] of vlsm.entries()) {
      const other = conventional[frame]?.data;
      if (!other) continue;
      const sums = this.#targets.get(target) ?? { pixels: 0, both: 0, vlsm: none(), conventional: none() };
      this.#targets.set(target, sums);
      addPlane(sums, data, other);
    }
  }

  /** Answers of both for the same frames, before their mean is taken. */
  addPosed(target: number, vlsm: Answers, conventional: Answers): void {
    this.#posed.vlsm.add(target, meanLogits(vlsm.plain), meanLogits(vlsm.posed));
    this.#posed.conventional.add(target, meanLogits(conventional.plain), meanLogits(conventional.posed));
  }

  of(target: number): Signals | undefined {
    const sums = this.#targets.get(target);
    if (!sums) return undefined;
    const { vlsm, conventional, pixels } = sums;
    return {
      vlsm: { ...signalsOf(vlsm, conventional.probability, pixels), mirrored: this.#posed.vlsm.of(target) ?? 1 },
      conventional: {
        ...signalsOf(conventional, vlsm.probability, pixels),
        mirrored: this.#posed.conventional.of(target) ?? 1,
      },
      agreement: diceOf(overlapOf(sums)),
    };
  }

  /** Mean Dice between both models' masks over the targets; undefined where nothing was compared. */
  agreement(): number | undefined {
    return meanDice(this.#targets.values().map(overlapOf));
  }
}

function overlapOf({ both, vlsm, conventional }: Sums): Overlap {
  return { both, truth: vlsm.mask, found: conventional.mask };
}

function none(): ModelSums {
  return { mask: 0, probability: 0, own: 0, cross: 0, peak: 0, entropy: 0 };
}

function addPlane(sums: Sums, vlsm: Float32Array, conventional: Float32Array): void {
  for (let i = 0; i < vlsm.length; i++) {
    const p = sigmoid(vlsm[i] ?? 0);
    const q = sigmoid(conventional[i] ?? 0);
    addPixel(sums.vlsm, p, q);
    addPixel(sums.conventional, q, p);
    if (p > 0.5 && q > 0.5) sums.both++;
  }
  sums.pixels += vlsm.length;
}

function addPixel(sums: ModelSums, own: number, other: number): void {
  sums.probability += own;
  if (own > sums.peak) sums.peak = own;
  if (own > 1e-6 && own < 1 - 1e-6) sums.entropy -= own * Math.log(own) + (1 - own) * Math.log(1 - own);
  if (own <= 0.5) return;
  sums.mask++;
  sums.own += own;
  sums.cross += other;
}

function signalsOf(sums: ModelSums, otherProbability: number, pixels: number): Omit<CandidateSignals, 'mirrored'> {
  const { mask, probability, own, cross, peak, entropy } = sums;
  return {
    own: expected(own, probability, mask),
    cross: expected(cross, otherProbability, mask),
    peak,
    area: mask / pixels,
    entropy: entropy / Math.max(mask, pixels / 1000),
  };
}

/** Dice of a mask with probabilities: twice their sum inside, over both sums. An empty mask of little probability is right. */
function expected(inside: number, probability: number, mask: number): number {
  return mask === 0 ? 1 / (1 + probability) : (2 * inside) / (probability + mask);
}
