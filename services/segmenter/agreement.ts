import type { Logits } from '@maskwright/model';
import { diceOf, type Overlap } from '@maskwright/score';

/** Collects the overlap of pairs of masks (two wordings', or the image's as it is and in other poses), pair by pair over all frames of a series. */
export class Agreement {
  readonly #pairs = new Map<string | number, { both: number; truth: number; found: number }>();

  /** Logits of both for the same frames and target. */
  add(pair: string | number, one: readonly Logits[], other: readonly Logits[]): void {
    const count = this.#pairs.get(pair) ?? { both: 0, truth: 0, found: 0 };
    for (const [frame, { data }] of one.entries()) {
      const compared = other[frame]?.data;
      if (!compared) continue;
      for (let i = 0; i < data.length; i++) {
        const a = (data[i] ?? 0) > 0;
        const b = (compared[i] ?? 0) > 0;
        if (a) count.truth++;
        if (b) count.found++;
        if (a && b) count.both++;
      }
    }
    this.#pairs.set(pair, count);
  }

  /** Dice of one pair; undefined where it was not compared. */
  of(pair: string | number): number | undefined {
    const count = this.#pairs.get(pair);
    return count && diceOf(count);
  }

  /** Mean Dice over the pairs; two empty masks agree. Undefined where nothing was compared. */
  mean(): number | undefined {
    return meanDice(this.#pairs.values());
  }
}

/** Undefined where there is none. */
export function meanDice(overlaps: Iterable<Overlap>): number | undefined {
  const dice = Array.from(overlaps, diceOf);
  return dice.length === 0 ? undefined : dice.reduce((total, one) => total + one, 0) / dice.length;
}
