import { MaskwrightError } from '@maskwright/errors';
import { Agent, buildConnector, fetch as undiciFetch } from 'undici';
import { tellingOfCertificates } from './certificate-refusal.ts';

/** The part of fetch that is used here; Node's own has it, and undici's. */
export type Fetch = (
  url: string,
  request: {
    readonly method: string;
    readonly headers: Record<string, string>;
    readonly signal: AbortSignal;
    readonly body?: ArrayBuffer | string;
    /** A redirect is an answer. */
    readonly redirect?: 'manual';
  },
) => Promise<FetchAnswer>;

export interface FetchAnswer {
  readonly ok: boolean;
  readonly status: number;
  readonly headers: Iterable<[string, string]> & { get(name: string): string | null };
  /** As it arrives; null where there is none. */
  readonly body: AsyncIterable<Uint8Array> | null;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** PEM texts: an authority of one's own, and the certificate with which we show who we are (mutual TLS). */
export interface Certificates {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/**
 * Node's own fetch takes no certificates, so where there are some, undici's is used: the same code, from the package that
 * Node is built with.
 * @throws MaskwrightError CONFIG_INVALID where the certificates cannot be used
 */
export function fetchOver(certificates: Certificates | undefined): Fetch {
  // Looked up at each call, so that whoever replaces the global one is heard.
  if (!certificates) return tellingOfCertificates((url, request) => globalThis.fetch(url, request));
  const { ca, cert, key } = certificates;
  if ((cert === undefined) !== (key === undefined))
    throw new MaskwrightError('CONFIG_INVALID', 'archive.tls needs both certFile and keyFile, or neither');
  const connect = buildConnector({
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert, key }),
  });
  const dispatcher = new Agent({ connect: keepingAlerts(connect) });
  return tellingOfCertificates((url, request) => undiciFetch(url, { ...request, dispatcher }));
}

/**
 * In TLS 1.3 a server refuses our certificate by an alert when the handshake is over for us. Node tells of it, and then of the
 * end of the connection, and undici would give that as the reason; so the connection is given up at the alert.
 */
function keepingAlerts(connect: buildConnector.connector): buildConnector.connector {
  return (options, callback) =>
    connect(options, (...result) => {
      const [, socket] = result;
      socket?.once('error', (alert) => socket.destroy(alert));
      callback(...result);
    });
}
