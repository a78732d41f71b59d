import type { Logits } from '@maskwright/model';
import { describe, expect, test } from 'vitest';
import { Agreement } from './agreement.ts';

const logits = (...values: number[]): Logits => ({ width: values.length, height: 1, data: Float32Array.from(values) });

describe('agreement of pairs of masks', () => {
  test.each<[string, [Logits, Logits][], number | undefined]>([
    ['nothing was compared', [], undefined],
    ['the same mask', [[logits(1, -1, 2), logits(3, -2, 1)]], 1],
    ['half of each', [[logits(1, 1, -1), logits(-1, 1, 1)]], 0.5],
    ['two empty masks agree', [[logits(-1, -1, -1), logits(-2, -2, -2)]], 1],
    ['something against nothing', [[logits(1, -1, -1), logits(-1, -1, -1)]], 0],
    [
      'the mean over pairs',
      [
        [logits(1), logits(1)],
        [logits(1), logits(-1)],
      ],
      0.5,
    ],
  ])('%s', (_, targets, expected) => {
    const agreement = new Agreement();
    for (const [target, [one, other]] of targets.entries()) agreement.add(target, [one], [other]);
    expect(agreement.mean()).toBe(expected);
  });

  test('the frames of a series count together, not each for itself', () => {
    const agreement = new Agreement();
    agreement.add(0, [logits(1, 1, 1)], [logits(1, 1, 1)]);
    agreement.add(0, [logits(1, -1, -1)], [logits(-1, -1, -1)]);
    expect(agreement.mean()).toBeCloseTo(6 / 7);
  });
});
