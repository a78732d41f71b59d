import type { Logits } from '@maskwright/model';

/** Collects the overlap of pairs of masks (two wordings', or the image's and its mirror image's), pair by pair over all frames of a series. */
export class Agreement {
  readonly #pairs = new Map<string | number, { both: number; sum: number }>();

  /** Logits of both for the same frames and target. */
  add(pair: string | number, one: readonly Logits[], other: readonly Logits[]): void {
    const count = this.#pairs.get(pair) ?? { both: 0, sum: 0 };
    for (const [frame, { data }] of one.entries()) {
      const compared = other[frame]?.data;
      if (!compared) continue;
      for (let i = 0; i < data.length; i++) {
        const a = (data[i] ?? 0) > 0;
        const b = (compared[i] ?? 0) > 0;
        if (a && b) count.both++;
        count.sum += Number(a) + Number(b);
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
    if (this.#pairs.size === 0) return undefined;
    const dice = [...this.#pairs.values()].map(diceOf);
    return dice.reduce((total, one) => total + one, 0) / dice.length;
  }
}

function diceOf({ both, sum }: { readonly both: number; readonly sum: number }): number {
  return sum === 0 ? 1 : (2 * both) / sum;
}
