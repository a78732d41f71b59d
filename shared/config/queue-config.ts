import { z } from 'zod';
import { secretFromEnvironment } from './parts.ts';

const TLS_FILES = ['tlsCaFile', 'tlsCertFile', 'tlsKeyFile'] as const;

export const queueSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('embedded') }).describe('One SQLite file in `home`'),
  z
    .strictObject({
      kind: z.literal('kafka'),
      brokers: z.array(z.string().min(1)).min(1),
      topicPrefix: z
        .string()
        .regex(/^[a-zA-Z0-9._-]+$/)
        .default('maskwright'),
      partitions: z.int().positive().default(6),
      replicationFactor: z.int().positive().optional().describe("Of topics that are made; default: the broker's own"),
      tls: z.boolean().default(false).describe('Whether the brokers are spoken to over TLS'),
      tlsCaFile: z.string().min(1).optional().describe("PEM of the authority that signed the brokers' certificates"),
      tlsCertFile: z.string().min(1).optional().describe('PEM of our certificate, where the brokers ask for one'),
      tlsKeyFile: z.string().min(1).optional().describe('PEM of its key'),
      sasl: z
        .strictObject({
          mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']),
          username: z.string(),
          passwordFrom: secretFromEnvironment,
        })
        .optional(),
    })
    // Who names certificates means to speak TLS: without it the password would go in plain text.
    .superRefine(({ tls, ...others }, context) => {
      if (tls) return;
      for (const key of TLS_FILES)
        if (others[key] !== undefined)
          context.addIssue({
            code: 'custom',
            path: [key],
            message: 'needs `tls: true` beside it: without it nothing is encrypted',
          });
    }),
]);
export type KafkaConfig = Extract<z.infer<typeof queueSchema>, { kind: 'kafka' }>;
