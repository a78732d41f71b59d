import path from 'node:path';
import { type Config, type OutsideConfig, secret } from '@maskwright/config';
import {
  type Archive,
  type Authentication,
  type Availability,
  dimseArchive,
  type OutsideArchiveOptions,
  outsideArchive,
  startEmbeddedArchive,
} from '@maskwright/dicomweb';
import type { Queue } from '@maskwright/queue';
import type { Telemetry } from '@maskwright/telemetry';
import { readPem } from './open-queue.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** An archive of any kind, ready to be asked. */
export interface OpenArchive {
  readonly archive: Archive & { readonly availability: Availability };
  /** For people: where it is. */
  readonly archiveUrl: string;
  readonly close: () => Promise<void>;
}

/** @throws MaskwrightError CONFIG_INVALID (secrets, certificates, ports) */
export async function openArchive(
  config: Config,
  queue: Queue,
  telemetry: Telemetry,
  environment: Environment,
): Promise<OpenArchive> {
  const { archive } = config;
  if (archive.kind !== 'embedded') return openOutside(archive, environment, traceHeaders(telemetry));
  const { url, close } = await embeddedServer(config, archive, queue, telemetry);
  return { archive: outsideArchive({ url, headers: traceHeaders(telemetry) }), archiveUrl: url, close };
}

type AnyOutside = Exclude<Config['archive'], { kind: 'embedded' }>;

/** A PACS of the hospital, by DICOMweb or DIMSE. @throws MaskwrightError CONFIG_INVALID (secrets, certificates, ports) */
export async function openOutside(
  archive: AnyOutside,
  environment: Environment,
  headers: () => Readonly<Record<string, string>> = () => ({}),
): Promise<OpenArchive> {
  if (archive.kind === 'outside') {
    const opened = outsideArchive({ ...outsideOf(archive, environment), url: archive.url, headers });
    return { archive: opened, archiveUrl: archive.url, close: async () => undefined };
  }
  const { host, port, calledAeTitle, timeoutSeconds } = archive;
  const opened = await dimseArchive({ ...archive, timeoutMs: timeoutSeconds * 1000 });
  return { archive: opened, archiveUrl: `dicom://${calledAeTitle}@${host}:${port}`, close: async () => opened.close() };
}

/** The trace goes on in the archive. */
export function traceHeaders(telemetry: Telemetry): () => Readonly<Record<string, string>> {
  return () => {
    const traceparent = telemetry.traceparent();
    return traceparent ? { traceparent } : {};
  };
}

/** The process that runs intake also serves the embedded archive; the others only talk to it. */
async function embeddedServer(
  config: Config,
  archive: Extract<Config['archive'], { kind: 'embedded' }>,
  queue: Queue,
  telemetry: Telemetry,
) {
  if (!config.services.includes('intake')) {
    return { url: `http://${archive.host}:${archive.port}/dicom-web`, close: async () => undefined };
  }
  const server = await startEmbeddedArchive({
    directory: path.join(config.home, 'archive'),
    port: archive.port,
    host: archive.host,
  });
  server.onStored((study) => {
    queue.notices
      .publish([{ schema: 'maskwright.study-notice/1', study }])
      .catch((error: unknown) =>
        telemetry.log.warn({ study }, `notice not published, the sweep will find it: ${String(error)}`),
      );
  });
  return { url: server.url, close: () => server.close() };
}

/** How an archive is spoken to, wherever it is. */
export type Connection = Omit<OutsideArchiveOptions, 'url' | 'headers'>;

export function outsideOf(outside: Omit<OutsideConfig, 'kind'>, environment: Environment): Connection {
  const { auth, tls, timeoutSeconds, requestsPerSecond } = outside;
  return {
    timeoutMs: timeoutSeconds * 1000,
    ...(requestsPerSecond === undefined ? {} : { requestsPerSecond }),
    ...(auth ? { auth: authOf(auth, environment) } : {}),
    ...(tls ? { certificates: { ca: pem(tls.caFile), cert: pem(tls.certFile), key: pem(tls.keyFile) } } : {}),
  };
}

function authOf(auth: NonNullable<OutsideConfig['auth']>, environment: Environment): Authentication {
  switch (auth.kind) {
    case 'basic':
      return { kind: 'basic', username: auth.username, password: secret(auth.passwordFrom, environment) };
    case 'bearer':
      return { kind: 'bearer', token: secret(auth.tokenFrom, environment) };
    case 'oauth2': {
      const { kind, tokenUrl, clientId, clientSecretFrom, scope } = auth;
      return { kind, tokenUrl, clientId, clientSecret: secret(clientSecretFrom, environment), scope };
    }
  }
}

function pem(file: string | undefined): string | undefined {
  return file === undefined ? undefined : readPem(file);
}
