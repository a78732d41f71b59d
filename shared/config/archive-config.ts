import { z } from 'zod';
import { port, seconds, secretFromEnvironment } from './parts.ts';

/** PS3.5 section 6.2, AE. */
const aeTitle = z
  .string()
  .trim()
  .regex(/^[ -[\]-~]{1,16}$/, 'an AE title has 1 to 16 printable characters and no backslash');

const outside = {
  url: z.url().describe('DICOMweb root of the PACS, e.g. http://pacs:8042/dicom-web'),
  auth: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('basic'), username: z.string(), passwordFrom: secretFromEnvironment }),
      z.strictObject({ kind: z.literal('bearer'), tokenFrom: secretFromEnvironment }),
      z
        .strictObject({
          kind: z.literal('oauth2'),
          tokenUrl: z.url(),
          clientId: z.string().min(1),
          clientSecretFrom: secretFromEnvironment,
          scope: z.string().min(1).optional(),
        })
        .describe('OAuth 2.0 client credentials'),
    ])
    .optional(),
  tls: z
    .strictObject({
      caFile: z.string().min(1).optional().describe('PEM of the authority that signed the certificate of the PACS'),
      certFile: z.string().min(1).optional().describe('PEM of our certificate, for mutual TLS'),
      keyFile: z.string().min(1).optional().describe('PEM of its key'),
    })
    .optional(),
  timeoutSeconds: seconds.default(60).describe('For one request, at most a day'),
  requestsPerSecond: z.number().positive().optional().describe('At most so many requests a second; default: no limit'),
};
export const outsideSchema = z.strictObject(outside);
export type OutsideConfig = z.infer<typeof outsideSchema>;

export const archiveSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('embedded'),
    port: port.default(8042).describe('Port of the DICOMweb server; 0 takes a free one'),
    host: z.string().default('127.0.0.1'),
  }),
  z.strictObject({
    kind: z.literal('outside'),
    ...outside,
    target: outsideSchema.optional().describe('Another archive for the results; default: the one with the images'),
  }),
  z.strictObject({
    kind: z.literal('dimse').describe('A PACS without DICOMweb: C-FIND, C-MOVE, C-STORE'),
    host: z.string().min(1),
    port: port.default(104),
    calledAeTitle: aeTitle.describe('AE title of the PACS'),
    callingAeTitle: aeTitle.default('MASKWRIGHT').describe('Ours, one a process; the PACS must know where it listens'),
    listenPort: port.default(11112).describe('Where the PACS sends what a C-MOVE asks for'),
    timeoutSeconds: seconds.default(60).describe('For a connection, an association and a message, at most a day'),
  }),
]);
