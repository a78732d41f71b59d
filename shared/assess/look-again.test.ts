import { expect, test } from 'vitest';
import type { Assessment } from './assessment.ts';
import { promisesMore, wantsAnotherLook } from './look-again.ts';

const calibrated = { lookAgain: 0.8 };

test.each<[string, number | undefined, readonly string[], { readonly lookAgain?: number } | undefined, boolean]>([
  ['where little is predicted of its masks', 0.79, [], calibrated, true],
  ['not where enough is', 0.8, [], calibrated, false],
  ['not where nothing is predicted', undefined, [], calibrated, false],
  ['not where the gate doubts the image itself', 0.2, ['the image is uniform'], calibrated, false],
  ['not by a calibration that knows no retouched images', 0.2, [], {}, false],
  ['not without calibration', 0.2, [], undefined, false],
])('an image is asked again %s', (_, predictedDice, gate, calibration, wanted) => {
  expect(wantsAnotherLook(assessment(predictedDice, gate), calibration)).toBe(wanted);
});

test.each([
  [0.62, { predicted: 0.6, asIs: true }, false],
  [0.63, { predicted: 0.6, asIs: true }, true],
  [0.61, { predicted: 0.6, asIs: false }, true],
  [0.6, { predicted: 0.6, asIs: false }, false],
])('%d against %o: %s', (predicted, best, better) => {
  expect(promisesMore(predicted, best)).toBe(better);
});

function assessment(
  predictedDice: number | undefined,
  gate: readonly string[],
): Pick<Assessment, 'candidates' | 'gate'> {
  const candidate = { kind: 'vlsm', model: 'words', low: 0, high: 1 } as const;
  return { gate, candidates: predictedDice === undefined ? [] : [{ ...candidate, predictedDice }] };
}
