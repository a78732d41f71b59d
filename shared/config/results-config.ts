import { z } from 'zod';

/** What is written for a result, and how. */
export const resultsSchema = z.strictObject({
  sr: z
    .boolean()
    .default(false)
    .describe('Also write a measurement report (DICOM SR, TID 1500): area, volume, axes, perimeter, grey values'),
  keyImage: z
    .boolean()
    .default(false)
    .describe(
      'Also write a picture (Secondary Capture) of the slice with the largest mask, outlines and fill burnt in',
    ),
  presentationState: z
    .boolean()
    .default(false)
    .describe('Also write the outlines of all slices as a presentation state (GSPS; colour images: Color Softcopy)'),
  empty: z
    .enum(['seg', 'sr', 'none'])
    .default('seg')
    .describe('Where nothing was found: an empty SEG (and its report), only a report that says so, or nothing'),
  seg: z
    .strictObject({
      form: z
        .enum(['binary', 'labelmap', 'fractional'])
        .default('binary')
        .describe(
          "labelmap: Supplement 243, which few viewers open; overlapping segments stay binary. fractional: the model's probabilities in steps of 1/255",
        ),
      geometry: z
        .enum(['viewer', 'strict'])
        .default('viewer')
        .describe('Images without a frame of reference get a made-up one that viewers need (viewer), or none (strict)'),
      contentLabel: z
        .string()
        .regex(/^[A-Z0-9_ ]{1,16}$/, 'up to 16 capitals, digits, spaces and underscores')
        .optional()
        .describe('ContentLabel; default: MASKWRIGHT'),
      seriesDescription: z
        .string()
        .min(1)
        .optional()
        .describe('With {title}, {task}, {model}, {version}, {source}; default: {title}'),
      seriesNumber: z
        .discriminatedUnion('rule', [
          z.strictObject({ rule: z.literal('fixed'), number: z.int().min(0) }),
          z
            .strictObject({ rule: z.literal('base'), base: z.int().min(0) })
            .describe("`base` and the last three digits of the source's"),
          z
            .strictObject({ rule: z.literal('times'), factor: z.int().min(0), add: z.int().min(0) })
            .describe("The source's times `factor`, and `add`"),
        ])
        .optional()
        .describe("SeriesNumber from the source's; default: 9000 and its last three digits"),
    })
    .prefault({}),
});
