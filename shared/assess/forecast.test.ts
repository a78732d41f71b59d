import type { Calibration } from '@maskwright/model';
import { expect, test } from 'vitest';
import type { AssessInput } from './assess.ts';
import { forecastOf } from './forecast.ts';

/** Level: 0.9 where both agree, else 0.4. The VLSM is better by 0.04 where it is surer of itself. */
const calibration: Calibration = {
  schema: 'maskwright.calibration/1',
  at: '2026-01-01T00:00:00.000Z',
  partner: { id: 'unet', digest: 'd1' },
  features: ['usual', 'agreement'],
  level: { base: 0.4, trees: [[{ feature: 1, limit: 0.5, left: 1, right: 2 }, { value: 0 }, { value: 0.5 }]] },
  difference: { base: 0, trees: [[{ feature: 3, limit: 0.5, left: 1, right: 2 }, { value: -0.02 }, { value: 0.02 }]] },
  usual: { '': 0.8 },
  interval: { coverage: 0.9, low: 0.5, high: 0.5 },
  floor: 0.6,
  data: { images: 1, masks: 1, sha256: '' },
  measured: {},
};
const signal = (own: number) => ({ own, cross: 0.9, peak: 1, area: 0.1, entropy: 0.1, mirrored: 1 });
const signals = (agreement: number, own: number) => ({ vlsm: signal(own), conventional: signal(0.9), agreement });

const bundle = (id: string) => ({ id, domains: new Map(), classesOf: () => [], answersFor: () => false });

function input(change: Partial<AssessInput> = {}, digest = 'd1'): AssessInput {
  return {
    family: 'polyp',
    dataset: {},
    vlsm: { bundle: { ...bundle('vlsm'), calibration }, pooled: [] },
    conventional: { bundle: { ...bundle('unet'), digest }, pooled: [] },
    targets: ['polyp'],
    humanPrompt: false,
    signals: [signals(0.9, 0.9)],
    image: { width: 1, height: 1, data: new Uint8Array(3) },
    ...change,
  };
}

test.each<[string, AssessInput, string | undefined, number]>([
  ['the surer VLSM is best', input(), 'vlsm', 0.92],
  ['the other one is best where the VLSM is not sure', input({ signals: [signals(0.9, 0.1)] }), 'conventional', 0.92],
  [
    'the worst target counts against the floor',
    input({ targets: ['a', 'b'], signals: [signals(0.9, 0.9), signals(0.1, 0.9)] }),
    'vlsm',
    0.42,
  ],
  [
    'the mean of both answers is best where the calibration foretells it a gain',
    input({
      vlsm: {
        bundle: { ...bundle('vlsm'), calibration: { ...calibration, gain: { base: 0.05, trees: [] } } },
        pooled: [],
      },
    }),
    'consensus',
    0.95,
  ],
  [
    'the mean of both answers is best where the surer model promises less than 0.02 more',
    input({
      vlsm: {
        bundle: { ...bundle('vlsm'), calibration: { ...calibration, gain: { base: 0.001, trees: [] } } },
        pooled: [],
      },
    }),
    'consensus',
    0.901,
  ],
  [
    'the surer model is best where it promises 0.02 more',
    input({
      vlsm: {
        bundle: { ...bundle('vlsm'), calibration: { ...calibration, gain: { base: -0.001, trees: [] } } },
        pooled: [],
      },
    }),
    'vlsm',
    0.92,
  ],
  ['nothing is foretold of half of the targets', input({ targets: ['a', 'b'] }), undefined, 0],
  ['nothing is foretold with another partner', input({}, 'd2'), undefined, 0],
  [
    'nothing is foretold from features that are not known',
    input({ vlsm: { bundle: { ...bundle('vlsm'), calibration: { ...calibration, features: ['age'] } }, pooled: [] } }),
    undefined,
    0,
  ],
])('%s', (_, given, best, least) => {
  const { candidates, forecast } = forecastOf(given, undefined, undefined, true);
  expect(forecast?.best).toBe(best);
  expect(candidates[0]?.kind).toBe(best);
  if (forecast) expect(forecast.least).toBeCloseTo(least, 10);
});

test('the interval lies around the prediction and inside 0 to 1; a task’s floor goes before the calibration’s', () => {
  const { candidates, forecast } = forecastOf(input({ floor: 0.3 }), undefined, undefined, true);
  expect(candidates[0]).toMatchObject({ model: 'vlsm', high: expect.closeTo(0.985, 10) });
  expect(candidates[0]?.low).toBeCloseTo(0.855, 10);
  expect(forecast?.floor).toBe(0.3);
});

test('beside an unfit partner the VLSM comes first, and its own Dice is what the floor is held against', () => {
  const bothMeans = { ...calibration, gain: { base: 0.05, trees: [] } };
  const given = input({
    vlsm: { bundle: { ...bundle('vlsm'), calibration: bothMeans }, pooled: [] },
    signals: [signals(0.9, 0.1)],
  });
  const { candidates, forecast } = forecastOf(given, undefined, undefined, false);
  expect(candidates.map(({ kind }) => kind)).toEqual(['vlsm', 'consensus', 'conventional']);
  expect(forecast).toMatchObject({ best: 'vlsm', least: expect.closeTo(0.88, 10) });
});
