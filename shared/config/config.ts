import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { MaskwrightError } from '@maskwright/errors';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { archiveSchema, type OutsideConfig } from './archive-config.ts';
import { intakeSchema } from './intake-config.ts';
import { modelsSchema } from './models-config.ts';
import { port } from './parts.ts';
import { queueSchema } from './queue-config.ts';
import { resultsSchema } from './results-config.ts';
import { sitesSchema } from './sites-config.ts';

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
  models: modelsSchema.prefault({}),
  archive: archiveSchema.default({ kind: 'embedded', port: 8042, host: '127.0.0.1' }),
  queue: queueSchema.default({ kind: 'embedded' }),
  intake: intakeSchema.prefault({}),
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
  results: resultsSchema.prefault({}),
  sites: sitesSchema.default([]),
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

/** Reads a YAML file; relative folders and files in it are taken from the file's own folder. */
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
  const from = (place: string) => path.resolve(base, place);
  return withPlaces(config, from);
}

function withPlaces(config: Config, from: (place: string) => string): Config {
  const given = <K extends string>(key: K, place: string | undefined) => (place ? { [key]: from(place) } : {});
  const tlsOf = <T extends { tls?: OutsideConfig['tls'] }>(outside: T): T => {
    if (!outside.tls) return outside;
    const { caFile, certFile, keyFile } = outside.tls;
    return {
      ...outside,
      tls: { ...given('caFile', caFile), ...given('certFile', certFile), ...given('keyFile', keyFile) },
    };
  };
  const { archive, queue } = config;
  return {
    ...config,
    home: from(config.home),
    ...given('catalogue', config.catalogue),
    models: {
      ...given('folder', config.models.folder),
      ...(config.models.trustedKeys ? { trustedKeys: config.models.trustedKeys.map(from) } : {}),
    },
    archive:
      archive.kind === 'outside'
        ? { ...tlsOf(archive), ...(archive.target ? { target: tlsOf(archive.target) } : {}) }
        : archive,
    queue:
      queue.kind === 'kafka'
        ? {
            ...queue,
            ...given('tlsCaFile', queue.tlsCaFile),
            ...given('tlsCertFile', queue.tlsCertFile),
            ...given('tlsKeyFile', queue.tlsKeyFile),
          }
        : queue,
  };
}

/** Control characters: no header and no password of SASL takes them. */
const CONTROL = /\p{Cc}/u;

/**
 * A line break at the end is no part of the secret: files, and Secrets made of files, often end in one.
 * @throws MaskwrightError CONFIG_INVALID where the environment variable is not set, or holds other control characters
 */
export function secret(variable: string, environment: Readonly<Record<string, string | undefined>>): string {
  const value = environment[variable]?.replace(/\r?\n$/, '');
  if (!value) throw new MaskwrightError('CONFIG_INVALID', `environment variable ${variable} is not set, or empty`);
  if (CONTROL.test(value))
    throw new MaskwrightError(
      'CONFIG_INVALID',
      `environment variable ${variable} holds a line break or another control character inside the secret`,
    );
  return value;
}
