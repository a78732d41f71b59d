import { z } from 'zod';
import { port, seconds, secretFromEnvironment } from './parts.ts';

/** How whoever notifies shows who it is. */
const notifyAuth = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('bearer'), tokenFrom: secretFromEnvironment }),
  z
    .strictObject({ kind: z.literal('hmac'), keyFrom: secretFromEnvironment })
    .describe('HMAC-SHA-256 over time and body, in the header X-Maskwright-Signature'),
]);

export const intakeSchema = z.strictObject({
  sweepSeconds: seconds.default(60).describe('Time between QIDO sweeps, at most a day'),
  overlapDays: z.int().min(0).default(2).describe('Days before the newest study that each sweep asks for again'),
  quietSeconds: z.number().min(0).default(10).describe('A study is complete when nothing was added for this long'),
  patienceSeconds: z
    .number()
    .min(0)
    .default(3600)
    .describe('A study that lacks images which a notice announced is taken as it is after this long without a new one'),
  remakeDeleted: z
    .boolean()
    .default(false)
    .describe('Make results again that were deleted in the archive; else they stay away, and are made by `replay`'),
  lookbackDays: z.int().positive().optional().describe('Sweep only studies of the last days; default: all'),
  concurrency: z.int().positive().max(64).default(4).describe('Studies that are looked at at the same time'),
  notify: z
    .strictObject({ port: port.default(8081), host: z.string().default('127.0.0.1'), auth: notifyAuth })
    .optional()
    .describe('HTTP server that takes notices of new studies; default: none'),
  workitems: z
    .strictObject({
      url: z.url().describe('Root of the UPS-RS server, e.g. http://pacs:8080/dcm4chee-arc/aets/WORKLIST/rs'),
      performer: z
        .string()
        .regex(/^[A-Za-z0-9_-]{1,16}$/)
        .default('MASKWRIGHT')
        .describe('Name under which work items are claimed; another one for each installation'),
      codes: z
        .array(z.string().regex(/^[^:]+:.+$/))
        .min(1)
        .optional()
        .describe('Only work items with one of these Scheduled Workitem Codes, as scheme:value; default: all'),
      pollSeconds: seconds.default(30).describe('Time between looks at the worklist, at most a day'),
      subscribe: z
        .boolean()
        .default(true)
        .describe('Subscribe to the worklist, so that new items are seen at once and cancel requests at all'),
    })
    .optional()
    .describe(
      'UPS-RS work items, claimed and completed as IHE AI Workflow has it; default: none. archive.auth is used',
    ),
});
export type IntakeConfig = z.infer<typeof intakeSchema>;
