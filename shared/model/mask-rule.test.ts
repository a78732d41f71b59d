import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { frameThreshold, type MaskRule, meanRule } from './mask-rule.ts';

const logit = (p: number) => Math.log(p / (1 - p));
const frame = (...parts: readonly (readonly [pixels: number, probability: number])[]) =>
  Float32Array.from(parts.flatMap(([pixels, p]) => Array.from({ length: pixels }, () => logit(p))));
const rule = (temperature?: number, threshold = 0.5): MaskRule => ({ threshold, minAreaFraction: 0, temperature });

/** Dice to expect of the mask above t, were sigmoid(logit / temperature) true. */
function expectedDice(logits: Float32Array, temperature: number, t: number): number {
  const sure = [...logits].map((one) => 1 / (1 + Math.exp(-one / temperature)));
  const limit = 1 / (1 + Math.exp(-logit(t) / temperature));
  const inside = sure.filter((p) => p > limit);
  const total = (of: readonly number[]) => of.reduce((sum, p) => sum + p, 0);
  return (2 * total(inside)) / (inside.length + total(sure));
}

describe('frameThreshold', () => {
  test.each([
    ['without a temperature is the threshold of the structure', frame([10, 0.9], [90, 0.3]), rule(), 0.5],
    ['stays near the half where the model is sure', frame([100, 1 - 1e-9], [900, 1e-9]), rule(1), 0.5],
    ['never rises above the threshold of the structure', frame([100, 1 - 1e-9], [900, 1e-9]), rule(1, 0.3), 0.3],
  ])('%s', (_, logits, one, wanted) => {
    const threshold = frameThreshold(logits, one);
    expect(threshold).toBeLessThanOrEqual(wanted);
    expect(expectedDice(logits, 1, threshold)).toBe(expectedDice(logits, 1, wanted));
  });

  const doubtful = frame([100, 0.95], [100, 0.3], [800, 1e-5]);
  test.each([
    ['takes in what is probably part of it', frame([100, 0.95], [100, 0.45], [800, 1e-5]), 1, 200],
    ['leaves out what is too improbable to pay', doubtful, 1, 100],
    ['takes in more where the model is too sure of itself', doubtful, 2, 200],
  ])('%s', (_, logits, temperature, pixels) => {
    const threshold = frameThreshold(logits, rule(temperature));
    expect(logits.filter((one) => one > logit(threshold))).toHaveLength(pixels);
  });

  test('has the greatest expected Dice of all thresholds, but for the steps in which they are compared', () => {
    const probability = fc.double({ min: 0.001, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(probability, { minLength: 1, maxLength: 60 }),
        fc.double({ min: 0.5, max: 3, noNaN: true }),
        fc.array(fc.double({ min: 0.001, max: 0.499, noNaN: true }), { minLength: 5, maxLength: 5 }),
        (probabilities, temperature, others) => {
          const logits = Float32Array.from(probabilities, logit);
          const best = expectedDice(logits, temperature, frameThreshold(logits, rule(temperature)));
          for (const t of others) expect(best).toBeGreaterThan(expectedDice(logits, temperature, t) - 0.01);
        },
      ),
    );
  });
});

test.each([
  ['both', 1, 2, 1.5],
  ['one of them', undefined, 2, 2],
  ['neither', undefined, undefined, undefined],
])('the mean of two rules has the temperature of %s', (_, one, other, temperature) => {
  expect(meanRule(rule(one, 0.3), rule(other, 0.5))).toEqual({ threshold: 0.4, minAreaFraction: 0, temperature });
});

test('the mean of two rules has the mean of their least areas', () => {
  expect(meanRule({ ...rule(), minAreaFraction: 0.01 }, { ...rule(), minAreaFraction: 0.03 }).minAreaFraction).toBe(
    0.02,
  );
});

test.each([
  [rule(), { ...rule(), shape: 'ellipse' as const }],
  [{ ...rule(), shape: 'ellipse' as const }, rule()],
])('the mean of two rules has the shape that either knows', (one, other) => {
  expect(meanRule(one, other).shape).toBe('ellipse');
});
