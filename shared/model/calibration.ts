import { z } from 'zod';

/** A step of a tree: below the limit to the left. Leaves have a value. */
const node = z.union([
  z.strictObject({
    feature: z.int().min(0),
    limit: z.number(),
    left: z.int().positive(),
    right: z.int().positive(),
  }),
  z.strictObject({ value: z.number() }),
]);
const regression = z
  .strictObject({
    /** What every case begins with. */
    base: z.number(),
    /** Each tree's nodes; the first is its root. Values are added to the base. */
    trees: z.array(z.array(node).min(1)),
  })
  .superRefine(({ trees }, context) => {
    for (const [t, tree] of trees.entries())
      for (const [n, one] of tree.entries())
        if ('feature' in one && !(one.left > n && one.right > n && one.left < tree.length && one.right < tree.length))
          context.addIssue({
            code: 'custom',
            path: ['trees', t, n],
            message: 'a branch must lead forwards, to a node',
          });
  });
/** Boosted regression trees. */
export type Regression = z.infer<typeof regression>;

const share = z.number().min(0).max(1);

/** calibration.json: from what is seen of a mask to the Dice to expect of it, for a VLSM and its conventional partner. */
export const calibrationSchema = z.strictObject({
  schema: z.literal('maskwright.calibration/1'),
  at: z.iso.datetime(),
  /** The other model that it was fitted with; another one's masks are not judged by it. */
  partner: z.strictObject({ id: z.string(), digest: z.string() }),
  /** Names of the features, in the order of the trees' numbers. */
  features: z.array(z.string()).min(1),
  /** Mean of both masks' Dice, and half of how far the VLSM's lies above the conventional model's. */
  level: regression,
  difference: regression,
  /** How far the Dice of the mean of both models' answers lies above that mean; without it that is no candidate. */
  gain: regression.optional(),
  /** Mean Dice of held-out cases by family and structure ("chest-xray/heart"), and of all ("") . */
  usual: z.record(z.string(), share),
  /**
   * Split conformal: with probability `coverage` the Dice lies between prediction − low · width and prediction + high · width,
   * where width = 1.05 − prediction.
   */
  interval: z.strictObject({ coverage: share, low: z.number(), high: z.number() }),
  /** Predictions below are left to a person, where the task names no floor of its own. */
  floor: share,
  /** Where less is predicted of the image as it is, it is asked again, retouched; without it never. */
  lookAgain: share.optional(),
  /** What it was fitted on. */
  data: z.strictObject({ images: z.int().positive(), masks: z.int().positive(), sha256: z.string() }),
  /** Out of fold, on the same data. */
  measured: z.record(z.string(), z.number().nullable()),
});
export type Calibration = z.infer<typeof calibrationSchema>;
