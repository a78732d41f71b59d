/** What travels on the queue, parsed at the border. The schemas are the documented form: docs and JSON Schema come from them. */
import {
  type AnyUID,
  LONGEST_UID,
  type Matrix,
  type SeriesInstanceUID,
  type SOPInstanceUID,
  type StudyInstanceUID,
  UID_FORM,
} from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import { z } from 'zod';
import type { DeadLetter, Job, JobEvent, JobKey, StudyNotice } from './queue.ts';

export const laneSchema = z.enum(['interactive', 'stat', 'routine', 'backlog']);
export const jobKeySchema = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits')
  .pipe(z.custom<JobKey>());
export const uidSchema = <U extends AnyUID>() =>
  z.string().max(LONGEST_UID).regex(UID_FORM, 'expected a UID').pipe(z.custom<U>());
export const matrixSchema = z
  .string()
  .regex(/^[1-9]\d{0,4}x[1-9]\d{0,4}$/, 'expected rows and columns, as 1024x768')
  .pipe(z.custom<Matrix>())
  .exactOptional();
/** A trace context that cannot be understood only costs the trace (W3C Trace Context 4.3), so its form is not judged here. */
const traceparentSchema = z.string().max(512).exactOptional();
const promptSchema = z.string().min(1).max(4000).exactOptional();
/** An id of the catalogue: it goes into metrics and logs, so no other text is let in. */
const taskSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'expected the id of a task');

export const jobSchema = z
  .object({
    schema: z.literal('maskwright.job/1'),
    key: jobKeySchema,
    study: uidSchema<StudyInstanceUID>(),
    series: uidSchema<SeriesInstanceUID>(),
    task: taskSchema,
    matrix: matrixSchema,
    lane: laneSchema,
    prompt: promptSchema,
    traceparent: traceparentSchema,
  })
  .readonly();

export const studyNoticeSchema = z
  .object({
    schema: z.literal('maskwright.study-notice/1'),
    study: uidSchema<StudyInstanceUID>(),
    expectedImages: z.int().positive().max(1_000_000).exactOptional(),
    traceparent: traceparentSchema,
  })
  .readonly();

const resultSchema = z
  .object({
    segments: z
      .array(
        z
          .object({
            target: z.string(),
            prompt: z.string(),
            promptType: z.string(),
            pixels: z.int().nonnegative(),
            measurements: z
              .array(z.object({ name: z.string(), value: z.number(), unit: z.string() }).readonly())
              .readonly()
              .exactOptional(),
          })
          .readonly(),
      )
      .readonly(),
    model: z.string().nullable(),
    reason: z.string(),
    assessment: z
      .object({
        family: z.string(),
        percentile: z.number().nullable(),
        percentileShares: z.array(z.number().min(0).max(1)).length(10).readonly().exactOptional(),
        distance: z.number().nullable(),
        gate: z.array(z.string()).readonly(),
        retouch: z.string().exactOptional(),
        /** Dice to expect of the best candidate's masks, 0–1; absent where the model is not calibrated. */
        predictedDice: z.number().exactOptional(),
      })
      .readonly(),
    attributes: z
      .array(z.object({ name: z.string(), value: z.string(), source: z.string(), origin: z.string() }).readonly())
      .readonly(),
    warnings: z.array(z.string()).readonly(),
    words: promptSchema,
    madeAt: z.iso.datetime().exactOptional(),
    provenance: z
      .object({ bundle: z.string(), version: z.string(), modality: z.string(), device: z.string(), site: z.string() })
      .readonly()
      .exactOptional(),
  })
  .readonly();

const stateSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('queued'), lane: laneSchema, prompt: promptSchema }).readonly(),
  z.object({ kind: z.literal('running') }).readonly(),
  z
    .object({
      kind: z.literal('stored'),
      sopInstanceUIDs: z.array(uidSchema<SOPInstanceUID>()).readonly(),
      result: resultSchema,
      deleted: z
        .object({ at: z.iso.datetime(), sopInstanceUIDs: z.array(uidSchema<SOPInstanceUID>()).readonly() })
        .readonly()
        .exactOptional(),
    })
    .readonly(),
  z.object({ kind: z.literal('needs-person'), result: resultSchema }).readonly(),
  z.object({ kind: z.literal('failed'), code: z.string(), reason: z.string() }).readonly(),
  z.object({ kind: z.literal('superseded'), by: jobKeySchema }).readonly(),
]);

export const jobStateKindSchema = z.literal(stateSchema.options.map((state) => state.unwrap().shape.kind.value));

export const jobEventSchema = z
  .object({
    schema: z.literal('maskwright.event/1'),
    key: jobKeySchema,
    study: uidSchema<StudyInstanceUID>(),
    series: uidSchema<SeriesInstanceUID>(),
    task: z.string().min(1).max(200),
    matrix: matrixSchema,
    at: z.iso.datetime(),
    state: stateSchema,
  })
  .readonly();

export const deadLetterSchema = z
  .object({
    // Letters written before 2026-11-25 do not say it.
    schema: z.literal('maskwright.dead-letter/1').default('maskwright.dead-letter/1'),
    job: jobSchema,
    code: z.string(),
    reason: z.string(),
    at: z.iso.datetime(),
  })
  .readonly();

/** Each takes a message as UTF-8 JSON. @throws MaskwrightError MESSAGE_INVALID naming the field */
export const parseJob = (message: Uint8Array | string): Job => parse('job', jobSchema, message);
export const parseStudyNotice = (message: Uint8Array | string): StudyNotice =>
  parse('study notice', studyNoticeSchema, message);
export const parseJobEvent = (message: Uint8Array | string): JobEvent => parse('event', jobEventSchema, message);
export const parseDeadLetter = (message: Uint8Array | string): DeadLetter =>
  parse('dead letter', deadLetterSchema, message);

/**
 * An event as UTF-8 JSON, for whoever appends it to a log.
 * @throws MaskwrightError MESSAGE_INVALID where nobody could read it: a number that is none becomes null, say
 */
export function formatJobEvent(event: JobEvent): string {
  const text = JSON.stringify(event);
  parseJobEvent(text);
  return text;
}

function parse<T>(what: string, schema: z.ZodType<T>, message: Uint8Array | string): T {
  const parsed = schema.safeParse(readJson(what, message));
  if (parsed.success) return parsed.data;
  // Only path and rule: the value itself may be anything, and must not reach a log.
  const issues = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'message'}: ${issue.message}`);
  throw new MaskwrightError('MESSAGE_INVALID', `${what} is not valid: ${issues.join('; ')}`);
}

function readJson(what: string, message: Uint8Array | string): unknown {
  try {
    return JSON.parse(
      typeof message === 'string' ? message : new TextDecoder('utf-8', { fatal: true }).decode(message),
    );
  } catch {
    // The cause quotes the text, so it is left out.
    throw new MaskwrightError('MESSAGE_INVALID', `${what} is not valid: message: expected JSON in UTF-8`);
  }
}
