import type { Case } from './evaluate-cases.ts';
import type { CaseRow } from './evaluate-record.ts';

export interface WorstCase {
  readonly image: string;
  readonly target: string;
  readonly dataset: string;
  readonly row: CaseRow;
  /** PNG in base64. */
  readonly picture: string;
}

const KEPT = 12;

/** The cases with the lowest Dice, with their pictures. */
export class Worst {
  readonly #cases: WorstCase[] = [];

  takes(dice: number): boolean {
    return this.#cases.length < KEPT || dice < (this.#cases.at(-1)?.row.dice ?? 1);
  }

  add({ image, target, dataset }: Case, row: CaseRow, picture: string | undefined): void {
    if (picture === undefined || !this.takes(row.dice)) return;
    this.#cases.push({ image, target, dataset, row, picture });
    this.#cases.sort((a, b) => a.row.dice - b.row.dice);
    this.#cases.splice(KEPT);
  }

  all(): readonly WorstCase[] {
    return this.#cases;
  }
}
