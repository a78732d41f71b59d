import { MaskwrightError } from '@maskwright/errors';
import { timeLimit, unlessAborted } from '@maskwright/time';
import { z } from 'zod';
import type { Fetch } from './fetch.ts';

export interface ClientCredentials {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope?: string | undefined;
}

export interface TokenSource {
  /** A token that is valid now. @throws MaskwrightError ARCHIVE_UNREACHABLE, ARCHIVE_DENIED */
  token(signal: AbortSignal): Promise<string>;
  /** The archive has refused this token: the next call gets another. */
  refused(token: string): void;
}

const answerSchema = z.object({ access_token: z.string().min(1), expires_in: z.number().positive().optional() });
/** A token is renewed so long before its end, so that none ends under way. */
const MARGIN_MS = 30_000;
const DEFAULT_LIFE_S = 300;
/** An issuer that takes longer does not answer. */
const ANSWER_MS = 60_000;

/** OAuth 2.0 client credentials grant (RFC 6749 section 4.4): one token for all calls, renewed before it ends. */
export function clientCredentials(
  credentials: ClientCredentials,
  { fetch, now = () => performance.now() }: { readonly fetch: Fetch; readonly now?: () => number },
): TokenSource {
  let current: { readonly token: string; readonly until: number } | undefined;
  let asking: Promise<string> | undefined;
  return {
    async token(signal) {
      if (current && now() < current.until) return current.token;
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      return unlessAborted(asking, signal).catch((error: unknown) => {
        throw unanswered(credentials, error);
      });
    },
    refused(token) {
      if (current?.token === token) current = undefined;
    },
  };

  /** No caller's signal ends it: others wait for the same answer. */
  async function ask(): Promise<string> {
    const { access_token: token, expires_in: life = DEFAULT_LIFE_S } = await request(fetch, credentials);
    current = { token, until: now() + Math.max(life * 500, life * 1000 - MARGIN_MS) };
    return token;
  }
}

async function request(fetch: Fetch, credentials: ClientCredentials) {
  const { tokenUrl, clientId, clientSecret, scope } = credentials;
  // Both parts are form-encoded before they are joined (RFC 6749 section 2.3.1).
  const account = [clientId, clientSecret].map(encodeURIComponent).join(':');
  using limit = timeLimit(ANSWER_MS, undefined);
  const answer = await fetch(tokenUrl, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(account).toString('base64')}`,
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: String(new URLSearchParams({ grant_type: 'client_credentials', ...(scope === undefined ? {} : { scope }) })),
    signal: limit.signal,
  });
  if (!answer.ok) {
    const away = answer.status === 408 || answer.status === 429 || answer.status >= 500;
    throw new MaskwrightError(away ? 'ARCHIVE_UNREACHABLE' : 'ARCHIVE_DENIED', `it answered ${answer.status}`);
  }
  const parsed = answerSchema.safeParse(jsonOf(await answer.arrayBuffer()));
  if (parsed.success) return parsed.data;
  throw new MaskwrightError('ARCHIVE_UNREACHABLE', 'its answer holds none');
}

function unanswered({ tokenUrl }: ClientCredentials, cause: unknown): MaskwrightError {
  const [code, reason] =
    cause instanceof MaskwrightError ? [cause.code, cause.message] : (['ARCHIVE_UNREACHABLE', 'no answer'] as const);
  return new MaskwrightError(code, `no token from ${tokenUrl}: ${reason}`, { cause });
}

function jsonOf(body: ArrayBuffer): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}
