import { expect, test } from 'vitest';
import { bestLook, type Prospect, wantsAnotherLook } from './look-again.ts';

test.each<[string, Prospect, number | undefined, boolean]>([
  ['where it is unlike the training images and little is predicted', { predicted: 0.89, distance: 1.1 }, 0.9, true],
  ['not where enough is predicted', { predicted: 0.9, distance: 1.1 }, 0.9, false],
  ['not where it is like the training images', { predicted: 0.2, distance: 1 }, 0.9, false],
  ['not by a calibration that knows no retouched images', { predicted: 0.2, distance: 3 }, undefined, false],
])('an image is asked again %s', (_, asIs, lookAgain, wanted) => {
  expect(wantsAnotherLook(asIs, lookAgain)).toBe(wanted);
});

const asIs = { predicted: 0.6, distance: 1.5 };
const better = { predicted: 0.63, distance: 1.4 };
const best = { predicted: 0.7, distance: 0.9 };

test.each<[string, readonly Prospect[], Prospect]>([
  ['the retouched image that promises most', [better, best], best],
  ['the same in another order', [best, better], best],
  ['the image as it is, where the others promise hardly more', [{ predicted: 0.615, distance: 0.5 }], asIs],
  ['the image as it is, where the others come no nearer', [{ predicted: 0.99, distance: 1.5 }], asIs],
  ['the image as it is, where there is no other', [], asIs],
])('kept is %s', (_, others, kept) => {
  expect(bestLook(asIs, others)).toBe(kept);
});
