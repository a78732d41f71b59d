import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { MaskwrightError } from '@maskwright/errors';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';

const port = z.int().min(0).max(65535);
/** A secret is named, never written: the value is read from this environment variable. */
const secretFromEnvironment = z.string().min(1).describe('Name of the environment variable that holds the secret');

const archive = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('embedded'),
    port: port.default(8042).describe('Port of the DICOMweb server; 0 takes a free one'),
    host: z.string().default('127.0.0.1'),
  }),
  z.strictObject({
    kind: z.literal('outside'),
    url: z.url().describe('DICOMweb root of the PACS, e.g. http://pacs:8042/dicom-web'),
    auth: z
      .discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('basic'), username: z.string(), passwordFrom: secretFromEnvironment }),
        z.strictObject({ kind: z.literal('bearer'), tokenFrom: secretFromEnvironment }),
      ])
      .optional(),
    timeoutSeconds: z.number().positive().default(60),
  }),
]);

const queue = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('embedded') }).describe('One SQLite file in `home`'),
  z.strictObject({
    kind: z.literal('kafka'),
    brokers: z.array(z.string().min(1)).min(1),
    topicPrefix: z
      .string()
      .regex(/^[a-zA-Z0-9._-]+$/)
      .default('maskwright'),
    partitions: z.int().positive().default(6),
    tls: z.boolean().default(false),
    sasl: z
      .strictObject({
        mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']),
        username: z.string(),
        passwordFrom: secretFromEnvironment,
      })
      .optional(),
  }),
]);

export const SERVICES = ['intake', 'segmenter', 'console'] as const;
export type ServiceName = (typeof SERVICES)[number];

export const configSchema = z.strictObject({
  services: z
    .array(z.enum(SERVICES))
    .min(1)
    .default([...SERVICES])
    .describe('Services that run in this process'),
  home: z.string().min(1).default('.maskwright').describe('Folder for state: embedded archive, queue, spool'),
  catalogue: z.string().min(1).optional().describe('Folder of tasks and prompt families; default: the one that ships'),
  models: z.string().min(1).optional().describe('Folder of model bundles; default: the starter models'),
  archive: archive.default({ kind: 'embedded', port: 8042, host: '127.0.0.1' }),
  queue: queue.default({ kind: 'embedded' }),
  intake: z
    .strictObject({
      sweepSeconds: z.number().positive().default(60).describe('Time between QIDO sweeps'),
      quietSeconds: z.number().min(0).default(10).describe('A study is complete when nothing was added for this long'),
      lookbackDays: z.int().positive().optional().describe('Sweep only studies of the last days; default: all'),
    })
    .prefault({}),
  segmenter: z
    .strictObject({
      executionProviders: z
        .array(z.enum(['cpu', 'cuda', 'tensorrt', 'webgpu']))
        .min(1)
        .default(['cpu'])
        .describe('Tried in this order'),
      threads: z.int().positive().optional().describe('CPU threads of ONNX Runtime; default: its own choice'),
      concurrency: z.int().positive().default(1).describe('Jobs at the same time'),
    })
    .prefault({}),
  console: z.strictObject({ port: port.default(8080), host: z.string().default('127.0.0.1') }).prefault({}),
  telemetry: z
    .strictObject({
      operationsPort: port.optional().describe('Port of /metrics, /livez and /readyz; default: none'),
      operationsHost: z.string().default('127.0.0.1'),
      otlpUrl: z.url().optional().describe('OTLP/HTTP traces endpoint, e.g. http://collector:4318/v1/traces'),
      logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
    })
    .prefault({}),
});
export type Config = z.infer<typeof configSchema>;

/**
 * @param origin where the value came from, for the message
 * @throws MaskwrightError CONFIG_INVALID naming each wrong key
 */
export function parseConfig(value: unknown, origin: string): Config {
  const parsed = configSchema.safeParse(value ?? {});
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path: keys, message }) => `${keys.join('.') || 'top level'}: ${message}`);
  throw new MaskwrightError('CONFIG_INVALID', `${origin}: ${faults.join('; ')}`);
}

/** Reads a YAML file; relative folders in it are taken from the file's own folder. */
export async function readConfig(file: string): Promise<Config> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new MaskwrightError('INPUT_NOT_FOUND', `configuration file ${file}`, { cause });
  }
  let value: unknown;
  try {
    value = parseYaml(text);
  } catch (cause) {
    const where = cause instanceof Error ? cause.message.split('\n')[0] : '';
    throw new MaskwrightError('CONFIG_INVALID', `${file} is not YAML (${where})`, { cause });
  }
  const config = parseConfig(value, file);
  const base = path.dirname(path.resolve(file));
  const from = (folder: string) => path.resolve(base, folder);
  return {
    ...config,
    home: from(config.home),
    ...(config.catalogue ? { catalogue: from(config.catalogue) } : {}),
    ...(config.models ? { models: from(config.models) } : {}),
  };
}

/** @throws MaskwrightError CONFIG_INVALID where the environment variable is not set */
export function secret(variable: string, environment: Readonly<Record<string, string | undefined>>): string {
  const value = environment[variable];
  if (!value) throw new MaskwrightError('CONFIG_INVALID', `environment variable ${variable} is not set`);
  return value;
}
