import { RETOUCHES } from '@maskwright/image';
import { z } from 'zod';

const score = z.number().nullable();
/** One model's mask of one case, as the answer to one prompt type. */
const caseRow = z.object({
  model: z.string(),
  promptType: z.string(),
  dice: z.number(),
  iou: z.number(),
  hd95: z.number(),
  nsd: z.number(),
  /** 0–1; null where the model's bundle has no calibration. */
  predictedDice: score,
  outcome: z.enum(['stored', 'needs-person']),
  /** Id of the model whose mask the assessment thinks best, or of both ("a + b") for the mean of their answers. */
  chosen: z.string(),
});
export type CaseRow = z.infer<typeof caseRow>;

/** Dice of all candidates of the image as it is beside that of the choice, for the first prompt type that was asked for. */
const comparison = z.object({
  vlsm: z.number(),
  conventional: z.number(),
  consensus: z.number(),
  auto: z.number(),
  /** What was done to the image of which the choice is; null: nothing. */
  retouch: z.enum(RETOUCHES).nullable(),
  predicted: score,
  stored: z.boolean(),
});
export type Comparison = z.infer<typeof comparison>;

/** Everything that is kept of one scored case. */
export const caseRecord = z.object({
  /** Digest of all that the result depends on. */
  key: z.string(),
  /** Digest of the image's files: the group of a case that names none. Not the group itself, which the table may change. */
  image: z.string(),
  rows: z.array(caseRow),
  comparisons: z.array(comparison),
  /** PNG with both borders, base64; kept of the worst only. */
  picture: z.string().optional(),
});
export type CaseRecord = z.infer<typeof caseRecord>;
