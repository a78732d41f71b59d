import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backoffDelay } from './backoff.ts';

describe('backoff', () => {
  const backoff = { baseMs: 100, maxMs: 1000 };
  test.each([
    [1, 100],
    [2, 200],
    [4, 800],
    [5, 1000],
    [5000, 1000],
  ])('after %i failures it is at most %i ms and at least half of that', (failures, most) => {
    expect(backoffDelay(failures, backoff, () => 0)).toBe(most / 2);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (random) => {
        const delay = backoffDelay(failures, backoff, () => random);
        expect(delay).toBeGreaterThanOrEqual(most / 2);
        expect(delay).toBeLessThanOrEqual(most);
      }),
    );
  });
});
