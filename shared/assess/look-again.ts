import type { Calibration } from '@maskwright/model';
import type { Assessment } from './assessment.ts';

/** What a calibration that was fitted on retouched images says of when to make them. */
export const LOOK_AGAIN = 0.8;
/** So much more must a retouched image promise than the image as it is. */
const CLEARLY = 0.02;

/**
 * Whether the image should be asked again, retouched: little is predicted of its masks, and nothing but the masks speaks
 * against them. An image that is unlike the training images may be so by its light alone.
 */
export function wantsAnotherLook(
  { candidates: [best], gate }: Pick<Assessment, 'candidates' | 'gate'>,
  calibration: Pick<Calibration, 'lookAgain'> | undefined,
): boolean {
  const { lookAgain } = calibration ?? {};
  return lookAgain !== undefined && best !== undefined && best.predictedDice < lookAgain && gate.length === 0;
}

/** Whether a retouched image's masks are kept in place of the best so far. Predictions of Dice, 0–1. */
export function promisesMore(predicted: number, best: { readonly predicted: number; readonly asIs: boolean }): boolean {
  return predicted > best.predicted + (best.asIs ? CLEARLY : 0);
}
