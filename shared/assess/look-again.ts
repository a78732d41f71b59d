/** What a calibration that was fitted on retouched images says of when to make them. */
export const LOOK_AGAIN = 0.9;
/** So much more must a retouched image promise than the image as it is. */
const CLEARLY = 0.02;

/** What is known of one look at an image. */
export interface Prospect {
  /** Dice of its best candidate, 0–1. */
  readonly predicted: number;
  /** From the training images, in units of the family's `near`. */
  readonly distance: number;
}

/**
 * Whether the image should be asked again, retouched: it is not like the training images, which may be by its light alone,
 * and not enough is predicted of its masks. At home retouching does harm: what promises more there does so by chance.
 * @param lookAgain the calibration's; undefined where it knows no retouched images
 */
export function wantsAnotherLook({ predicted, distance }: Prospect, lookAgain: number | undefined): boolean {
  return lookAgain !== undefined && predicted < lookAgain && distance > 1;
}

/** The look whose masks are kept. A retouched one must lie nearer to the training images, and promise clearly more. */
export function bestLook<Look extends Prospect>(asIs: Look, others: readonly Look[]): Look {
  const nearer = others.filter(({ distance }) => distance < asIs.distance);
  const [best] = nearer.toSorted((a, b) => b.predicted - a.predicted);
  return best && best.predicted > asIs.predicted + CLEARLY ? best : asIs;
}
