import { LIGHT_VALUES, type Light } from '@maskwright/image';
import { z } from 'zod';

/** Training statistics of one family of images: distance = ‖projection · (x − mean)‖ of pooled features x. */
export interface Domain {
  /** Values of Modality that the training images stand for. */
  readonly modalities: readonly string[];
  /** Whether the mirror image is asked too, and the mean of all answers counts. */
  readonly mirrored?: boolean;
  /** Whether the image turned by half a circle is asked too, and, where `mirrored`, its mirror image. */
  readonly turned?: boolean;
  /** Length of the pooled features. */
  readonly dim: number;
  readonly mean: readonly number[];
  /** k rows of `dim`. */
  readonly projection: readonly (readonly number[])[];
  /** Distances below which 0, 1 … 100 % of the calibration images lie. */
  readonly quantiles: readonly number[];
  /** Up to this distance the model is at home. */
  readonly near: number;
  /** Beyond this distance the image is something else. */
  readonly far: number;
  /** How the training images are lit; without it no image is retouched. */
  readonly light?: Light | undefined;
}

const PERCENTILES = 101;
const CHANNELS = 3;

/** domain-<family>.json */
export const domainFileSchema = z
  .strictObject({
    dim: z.int().positive(),
    mean: z.array(z.number()),
    projection: z.array(z.array(z.number())).min(1),
    quantiles: z.array(z.number().min(0)).length(PERCENTILES),
    near: z.number().positive(),
    far: z.number().positive(),
    light: z
      .array(z.array(z.number().min(0).max(255)).length(LIGHT_VALUES))
      .length(CHANNELS)
      .optional(),
  })
  .superRefine(({ dim, mean, projection, quantiles, near, far, light = [] }, context) => {
    const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    if (mean.length !== dim) refuse(['mean'], `${mean.length} values, dim is ${dim}`);
    const wrong = projection.findIndex((row) => row.length !== dim);
    if (wrong >= 0) refuse(['projection', wrong], `${projection[wrong]?.length} values, dim is ${dim}`);
    const ascends = (values: readonly number[]) => values.every((value, index) => value >= (values[index - 1] ?? 0));
    if (!ascends(quantiles)) refuse(['quantiles'], 'the values must ascend');
    const unlit = light.findIndex((values) => !ascends(values));
    if (unlit >= 0) refuse(['light', unlit], 'the values must ascend');
    if (near > far) refuse(['near'], `${near} is more than far, ${far}`);
  });
