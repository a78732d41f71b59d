import { expect, test } from 'vitest';
import { MaskSignals } from './mask-signals.ts';

const plane = (...probabilities: number[]) => ({
  width: probabilities.length,
  height: 1,
  data: Float32Array.from(probabilities, (p) => Math.log(p / (1 - p))),
});

const entropyOf = (...probabilities: number[]) =>
  probabilities.reduce((sum, p) => sum - p * Math.log(p) - (1 - p) * Math.log(1 - p), 0);

test('signals of two frames are those of their pixels together, of each model by its own mask', () => {
  const signals = new MaskSignals();
  signals.add(0, [plane(0.9, 0.2), plane(0.6, 0.1)], [plane(0.8, 0.7), plane(0.3, 0.1)]);
  // The VLSM's mask: pixels with 0.9 and 0.6; the other's: 0.8 and 0.7; one in common.
  expect(signals.of(0)).toEqual({
    agreement: 0.5,
    vlsm: {
      own: expect.closeTo((2 * 1.5) / (1.8 + 2), 6),
      cross: expect.closeTo((2 * 1.1) / (1.9 + 2), 6),
      peak: expect.closeTo(0.9, 6),
      area: 0.5,
      entropy: expect.closeTo(entropyOf(0.9, 0.2, 0.6, 0.1) / 2, 6),
      mirrored: 1,
    },
    conventional: {
      own: expect.closeTo((2 * 1.5) / (1.9 + 2), 6),
      cross: expect.closeTo((2 * 1.1) / (1.8 + 2), 6),
      peak: expect.closeTo(0.8, 6),
      area: 0.5,
      entropy: expect.closeTo(entropyOf(0.8, 0.7, 0.3, 0.1) / 2, 6),
      mirrored: 1,
    },
  });
});

test('the entropy of an empty mask is that of a thousandth of the frame; who is certain has none', () => {
  const signals = new MaskSignals();
  signals.add(0, [plane(0.1, 0.2)], [plane(0, 1)]);
  const seen = signals.of(0);
  expect(seen?.vlsm.entropy).toBeCloseTo(entropyOf(0.1, 0.2) / 0.002, 3);
  expect(seen?.conventional.entropy).toBe(0);
});

test.each<[string, [number[], number[]][], number | undefined]>([
  ['nothing was compared', [], undefined],
  [
    'the mean over targets',
    [
      [
        [0.9, 0.9],
        [0.9, 0.9],
      ],
      [
        [0.9, 0.1],
        [0.1, 0.1],
      ],
    ],
    0.5,
  ],
])('agreement of both models: %s', (_, targets, expected) => {
  const signals = new MaskSignals();
  for (const [target, [vlsm, conventional]] of targets.entries())
    signals.add(target, [plane(...vlsm)], [plane(...conventional)]);
  expect(signals.agreement()).toBe(expected);
});

test('two empty masks agree, and are the surer the less probability there is', () => {
  const signals = new MaskSignals();
  signals.add(0, [plane(0.01, 0.01)], [plane(0.01, 0.01)]);
  signals.add(1, [plane(0.4, 0.4)], [plane(0.01, 0.01)]);
  expect(signals.of(0)?.agreement).toBe(1);
  expect(signals.of(0)?.vlsm.own).toBeGreaterThan(signals.of(1)?.vlsm.own ?? 1);
});

test('a mask that the posed image does not show is told; where it was not asked, nothing is', () => {
  const signals = new MaskSignals();
  const [found, nothing] = [[plane(0.9, 0.1)], [plane(0.1, 0.1)]];
  signals.add(0, found, found);
  signals.addPosed(0, { plain: [found], posed: [nothing] }, { plain: [found], posed: [] });
  expect(signals.of(0)).toMatchObject({ vlsm: { mirrored: 0 }, conventional: { mirrored: 1 } });
});
