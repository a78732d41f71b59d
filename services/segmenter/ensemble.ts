import type { Logits } from '@maskwright/model';
import type { Agreement } from './agreement.ts';

/**
 * The answers of several wordings to the same frames, averaged logit by logit.
 * @param answers one a wording, each with one logits plane a frame; all planes of a frame have the same size
 */
export function meanLogits(answers: readonly (readonly Logits[])[]): readonly Logits[] {
  const [first = [], ...others] = answers;
  if (others.length === 0) return first;
  return first.map((plane, frame) => {
    const data = Float32Array.from(plane.data);
    for (const other of others) {
      const added = other[frame]?.data;
      if (added) for (let i = 0; i < data.length; i++) data[i] = (data[i] ?? 0) + (added[i] ?? 0);
    }
    return { ...plane, data: data.map((sum) => sum / answers.length) };
  });
}

/** Each wording's masks of a target against each other's. */
export function addPairs(agreement: Agreement, target: number, answers: readonly (readonly Logits[])[]): void {
  for (const [n, one] of answers.entries()) {
    for (const [m, other] of answers.slice(0, n).entries()) agreement.add(`${target}/${m}/${n}`, one, other);
  }
}
