import { expect, test } from 'vitest';
import { longestLives, type Sample } from './memory.ts';

/** A sample each minute. */
function life(pid: number, mib: readonly number[], from = 0): Sample[] {
  return mib.map((one, minute) => ({ service: 'segmenter', pid, second: from + 60 * minute, mib: one }));
}

test('the longest life counts, and getting warm is told from what goes on', () => {
  const { segmenter } = longestLives([
    ...life(1, [50, 900]),
    ...life(2, [100, 110, 120, 130, 130, 130, 130, 130], 120),
  ]);
  expect(segmenter).toMatchObject({ lives: 2, minutes: 7, mib: 130 });
  expect(segmenter?.mibAnHour[0]).toBeCloseTo(600);
  expect(segmenter?.mibAnHour[1]).toBeCloseTo(0);
});

test('a leak shows in both halves', () => {
  const { segmenter } = longestLives(life(1, [1, 2, 3, 4, 5, 6]));
  for (const half of segmenter?.mibAnHour ?? []) expect(half).toBeCloseTo(60);
});
