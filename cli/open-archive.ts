import path from 'node:path';
import { type Config, type OutsideConfig, secret } from '@maskwright/config';
import { type Authentication, type OutsideArchiveOptions, startEmbeddedArchive } from '@maskwright/dicomweb';
import type { Queue } from '@maskwright/queue';
import type { Telemetry } from '@maskwright/telemetry';
import { readPem } from './open-queue.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The process that runs intake also serves the embedded archive; the others only talk to it. */
export async function openArchive(config: Config, queue: Queue, telemetry: Telemetry) {
  const { archive } = config;
  if (archive.kind === 'outside') return { archiveUrl: archive.url, close: async () => undefined };
  if (!config.services.includes('intake')) {
    return { archiveUrl: `http://${archive.host}:${archive.port}/dicom-web`, close: async () => undefined };
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
  return { archiveUrl: server.url, close: () => server.close() };
}

/** How an archive is spoken to, wherever it is. */
export type Connection = Omit<OutsideArchiveOptions, 'url' | 'headers'>;

/** For the configured archive. @throws MaskwrightError CONFIG_INVALID (secrets, certificates) */
export function outsideOptions({ archive }: Config, environment: Environment): Connection {
  return archive.kind === 'embedded' ? {} : outsideOf(archive, environment);
}

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
