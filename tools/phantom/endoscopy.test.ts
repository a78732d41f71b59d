import { describe, expect, test } from 'vitest';
import { endoscopyOf } from './endoscopy.ts';

describe.each([20, 21, 22, 23, 24, 25])('endoscopy of seed %i', (seed) => {
  const size = 128;
  const { masks, pixels } = endoscopyOf({ seed, size });
  const inside = [...masks.polyp.keys()].filter((i) => masks.polyp[i]);

  test('the polyp is one piece of 0.3 to 15 % of the picture', () => {
    expect(inside.length / (size * size)).toBeGreaterThan(0.003);
    expect(inside.length / (size * size)).toBeLessThan(0.15);
    expect(reachable(inside, size).size).toBe(inside.length);
  });

  test('mucosa is redder than green, greener than blue', () => {
    const mean = (k: number) => pixels.filter((_, i) => i % 3 === k).reduce((sum, v) => sum + v, 0) / (size * size);
    expect(mean(0)).toBeGreaterThan(mean(1) + 20);
    expect(mean(1)).toBeGreaterThan(mean(2));
  });
});

test('the same seed gives the same picture', () => {
  expect(endoscopyOf({ seed: 26, size: 64 })).toEqual(endoscopyOf({ seed: 26, size: 64 }));
});

function reachable(inside: number[], size: number): Set<number> {
  const open = new Set(inside);
  const reached = new Set<number>();
  const next = inside.slice(0, 1);
  for (let i = next.pop(); i !== undefined; i = next.pop()) {
    if (!open.delete(i)) continue;
    reached.add(i);
    next.push(i - 1, i + 1, i - size, i + size);
  }
  return reached;
}
