import { describe, expect, test } from 'vitest';
import { type CalibrationCase, fitCalibration, floorOf } from './fit-calibration.ts';
import { fitRegression, regress } from './regression.ts';
import type { CandidateSignals, Signals } from './signals.ts';

/** Numbers in [0, 1), always the same. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

/** Cases in which a model's own confidence tells its Dice, apart from noise. */
function cases(count: number, seed: number): CalibrationCase[] {
  const random = numbers(seed);
  return Array.from({ length: count }, (_, n) => {
    const quality = Math.sqrt(random());
    const dice = () => Math.min(1, Math.max(0, quality + (random() - 0.5) * 0.2));
    const [vlsm, conventional] = [dice(), dice()];
    const same = { peak: 1, area: 0.1, mirrored: 1 };
    const signal = (value: number) => ({ ...same, own: value, cross: quality, entropy: 1 - value });
    const signals = { vlsm: signal(vlsm), conventional: signal(conventional), agreement: quality };
    return {
      image: `${n % (count / 2)}`,
      group: `${n % (count / 2)}`,
      copy: n < count / 2 ? 0 : 1,
      retouch: null,
      structure: 'polyp/polyp',
      signals,
      distance: 1 - quality,
      vlsm,
      conventional,
      consensus: 0.02 + (vlsm + conventional) / 2,
    };
  });
}

describe('calibration', () => {
  const found = cases(600, 5);
  const fitted = fitCalibration(found);

  test.each([
    [1, /^1 groups for 5 folds/],
    [4, /^4 groups for 5 folds/],
  ])('of %i groups is refused: there would be no held-out cases to fit on', (groups, message) => {
    const few = found.map((one, index) => ({ ...one, group: `${index % groups}` }));
    expect(() => fitCalibration(few)).toThrow(expect.objectContaining({ message: expect.stringMatching(message) }));
  });

  test('of five groups foretells Dice of masks out of fold', () => {
    const few = found.map((one, index) => ({ ...one, group: `${index % 5}` }));
    for (const { predicted } of fitCalibration(few).outOfFold) expect(predicted).toBeGreaterThan(0);
  });

  test('is the same for the same cases', () => {
    expect(fitCalibration(found)).toEqual(fitted);
  });

  test('foretells Dice of images that it has not seen, and chooses better than always the same model', () => {
    const error = fitted.outOfFold.map(({ predicted, dice }) => Math.abs(predicted - dice));
    expect(mean(error)).toBeLessThan(0.05);
    const auto = mean(fitted.outOfFold.map(({ dice }) => dice));
    expect(auto).toBeGreaterThan(
      Math.max(mean(found.map((one) => one.vlsm)), mean(found.map((one) => one.conventional))),
    );
  });

  test('takes the mean of both answers where that is best', () => {
    const better = found.map((one) => ({ ...one, consensus: Math.min(1, Math.max(one.vlsm, one.conventional) + 0.1) }));
    const { outOfFold, gain } = fitCalibration(better);
    expect(outOfFold.filter(({ kind }) => kind === 'consensus').length / better.length).toBeGreaterThan(0.9);
    expect(gain.base).toBeGreaterThan(0.1);
  });

  test('takes a retouched image where that promises more than the image as it is', () => {
    const spoiled = found.map((one) => ({
      ...one,
      distance: 2,
      signals: dimmed(one.signals, 0.5),
      vlsm: 0.5 * one.vlsm,
      conventional: 0.5 * one.conventional,
      consensus: 0.5 * one.consensus,
    }));
    const mended = found.map((one) => ({ ...one, distance: 0.5, retouch: 'levelled' as const }));
    const { outOfFold, lookAgain } = fitCalibration([...spoiled, ...mended]);
    expect(outOfFold).toHaveLength(found.length);
    expect(mean(outOfFold.map(({ retouch }) => Number(retouch === 'levelled')))).toBeGreaterThan(0.9);
    expect(mean(outOfFold.map(({ dice }) => dice))).toBeGreaterThan(0.9 * mean(found.map(({ vlsm }) => vlsm)));
    expect(lookAgain).toBe(0.9);
    expect(fitted.lookAgain).toBeUndefined();
  });

  test('its interval holds about nine in ten', () => {
    // As noisy as one model: the interval is one for all candidates, and the mean of both would err less than it says.
    const { interval, outOfFold } = fitCalibration(found.map((one) => ({ ...one, consensus: one.vlsm })));
    const { low, high } = interval;
    const inside = outOfFold.filter(({ predicted, dice }) => {
      const width = 1.05 - predicted;
      return dice >= predicted - low * width && dice <= predicted + high * width;
    });
    expect(inside.length / outOfFold.length).toBeGreaterThan(0.85);
    expect(inside.length / outOfFold.length).toBeLessThan(0.96);
  });

  test('its floor keeps bad masks from being stored', () => {
    const bad = fitted.outOfFold.filter(({ dice }) => dice < 0.5);
    expect(bad.length).toBeGreaterThan(20);
    expect(bad.filter(({ predicted }) => predicted >= fitted.floor).length / bad.length).toBeLessThanOrEqual(0.05);
    expect(fitted.floor).toBeGreaterThanOrEqual(0.5);
  });
});

test.each([
  ['lies at its least where no mask was bad', [], 0.5],
  ['lies at its least where all bad ones were foretold', Array(40).fill(0.3), 0.5],
  ['lets none of 38 bad ones pass', [0.8, ...Array(37).fill(0.6)], 0.8001],
  ['lets one of 39 bad ones pass', [0.8, ...Array(38).fill(0.6)], 0.6001],
  ['lets two of 59 bad ones pass', [0.8, 0.7, ...Array(57).fill(0.6)], 0.6001],
  ['lies at its most where a bad one seemed better than that', [0.97, 0.2], 0.9],
])('the floor %s', (_, predictions, floor) => {
  const good = { predicted: 0.99, dice: 0.95 };
  const bad = predictions.map((predicted) => ({ predicted, dice: 0.4 }));
  expect(floorOf([...bad.toReversed(), good])).toBe(floor);
});

describe('boosted trees', () => {
  test('learn a step that depends on two features', () => {
    const random = numbers(3);
    const rows = Array.from({ length: 400 }, () => [random(), random(), random()]);
    const step = ([x = 0, y = 0]: readonly number[]) => Number(x > 0.5 && y > 0.3);
    const regression = fitRegression(rows, rows.map(step), { trees: 60, depth: 2, rate: 0.2, least: 10 });
    for (const row of [
      [0.9, 0.9, 0.1],
      [0.9, 0.1, 0.9],
      [0.1, 0.9, 0.5],
    ])
      expect(regress(regression, row)).toBeCloseTo(step(row), 1);
  });

  test('of too few cases give their mean', () => {
    const regression = fitRegression([[1], [2]], [0.2, 0.6], { trees: 5, depth: 3, rate: 0.5, least: 10 });
    expect(regress(regression, [1])).toBeCloseTo(0.4, 10);
  });
});

function dimmed({ vlsm, conventional, agreement }: Signals, factor: number): Signals {
  const dim = (one: CandidateSignals) => ({ ...one, own: factor * one.own, cross: factor * one.cross });
  return { vlsm: dim(vlsm), conventional: dim(conventional), agreement: factor * agreement };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, one) => sum + one, 0) / values.length;
}
