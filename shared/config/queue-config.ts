import { z } from 'zod';
import { secretFromEnvironment } from './parts.ts';

export const queueSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('embedded') }).describe('One SQLite file in `home`'),
  z.strictObject({
    kind: z.literal('kafka'),
    brokers: z.array(z.string().min(1)).min(1),
    topicPrefix: z
      .string()
      .regex(/^[a-zA-Z0-9._-]+$/)
      .default('maskwright'),
    partitions: z.int().positive().default(6),
    replicationFactor: z.int().positive().optional().describe("Of topics that are made; default: the broker's own"),
    tls: z.boolean().default(false),
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
  }),
]);
export type KafkaConfig = Extract<z.infer<typeof queueSchema>, { kind: 'kafka' }>;
