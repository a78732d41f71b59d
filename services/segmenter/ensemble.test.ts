import { describe, expect, test } from 'vitest';
import { Agreement } from './agreement.ts';
import { addPairs, meanLogits } from './ensemble.ts';

const plane = (...data: number[]) => ({ width: data.length, height: 1, data: Float32Array.from(data) });

describe('the answers of several wordings', () => {
  test('are averaged logit by logit, frame by frame', () => {
    const answers = [
      [plane(1, -1, 0), plane(4, 4, 4)],
      [plane(3, -3, 1), plane(0, 0, 2)],
    ];
    expect(meanLogits(answers)).toEqual([plane(2, -2, 0.5), plane(2, 2, 3)]);
  });

  test('of one wording stay as they are', () => {
    const only = [plane(1, 2)];
    expect(meanLogits([only])).toBe(only);
  });

  test.each<[string, number[][], number | undefined]>([
    ['one wording has nothing to agree with', [[1, 1]], undefined],
    [
      'the same masks agree',
      [
        [1, -1],
        [2, -2],
        [3, -3],
      ],
      1,
    ],
    [
      'masks apart do not',
      [
        [1, -1],
        [-1, 1],
      ],
      0,
    ],
    [
      'one of three differs: one pair of three agrees',
      [
        [1, -1],
        [1, -1],
        [-1, 1],
      ],
      1 / 3,
    ],
  ])('disagreement: %s', (_, masks, expected) => {
    const agreement = new Agreement();
    addPairs(
      agreement,
      0,
      masks.map((data) => [plane(...data)]),
    );
    expect(agreement.mean()).toEqual(expected === undefined ? undefined : expect.closeTo(expected));
  });
});
