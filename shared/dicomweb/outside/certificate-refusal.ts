import { MaskwrightError } from '@maskwright/errors';
import type { Fetch, FetchAnswer } from './fetch.ts';

/**
 * A server that does not accept our certificate says so in one of two ways: by a TLS alert, or, as nginx does, by a page of
 * its own with status 400. Neither is about the request: the work waits until the certificate is renewed. One that breaks
 * the connection without a word, or that in TLS 1.2 gets none from us and calls that a failed handshake, or whose reset
 * overtakes its alert, looks like one that is away (ARCHIVE_UNREACHABLE), and is waited for too.
 * @throws MaskwrightError ARCHIVE_DENIED
 */
export function tellingOfCertificates(fetch: Fetch): Fetch {
  return async (url, request) => {
    const answer = await fetch(url, request).catch((error: unknown) => {
      const alert = alertOf(error);
      throw alert === undefined ? error : denied(alert, error);
    });
    if (answer.status !== 400 || !/^text\/html/i.test(answer.headers.get('content-type') ?? '')) return answer;
    const body = await answer.arrayBuffer();
    if (/SSL certificate/i.test(Buffer.from(body).toString('latin1'))) throw denied('400, SSL certificate');
    return whole(answer, body);
  };
}

/** Alerts of certificates (RFC 8446 section 6.2), in OpenSSL's words: the other side sent them. */
function alertOf(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && /^ERR_SSL_.*ALERT_(.*CERTIFICATE.*|UNKNOWN_CA|ACCESS_DENIED)$/.test(String(cause.code)))
      return String(cause.code);
  }
  return undefined;
}

function denied(how: string, cause?: unknown): MaskwrightError {
  return new MaskwrightError('ARCHIVE_DENIED', `our certificate (archive.tls) is not accepted (${how})`, { cause });
}

function whole({ ok, status, headers }: FetchAnswer, body: ArrayBuffer): FetchAnswer {
  return { ok, status, headers, body: bytesOf(body), arrayBuffer: async () => body };
}

async function* bytesOf(body: ArrayBuffer): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(body);
}
