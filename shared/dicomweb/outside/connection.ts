import { MaskwrightError } from '@maskwright/errors';
import type { Fetch } from './fetch.ts';
import { type ClientCredentials, clientCredentials } from './oauth2.ts';
import { ownOriginOnly } from './own-origin.ts';

export type Authentication =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'bearer'; readonly token: string }
  | ({ readonly kind: 'oauth2' } & ClientCredentials);

/** What goes with each request to show who asks. */
export interface Account {
  headers(signal: AbortSignal): Promise<Readonly<Record<string, string>>>;
  /** The archive answered 401: what can be renewed is. */
  refused(): void;
}

/** @throws MaskwrightError CONFIG_INVALID where the URL cannot be used */
export function rootOf(url: string): string {
  const root = URL.parse(url);
  if (!root || !/^https?:$/.test(root.protocol))
    throw new MaskwrightError('CONFIG_INVALID', 'archive.url is not an http or https URL');
  if (root.username || root.password)
    throw new MaskwrightError('CONFIG_INVALID', 'archive.url must not hold a password: use archive.auth');
  return url.replace(/\/+$/, '');
}

export function accountOf(auth: Authentication | undefined, fetch: Fetch): Account {
  if (auth?.kind !== 'oauth2') {
    const headers = fixedHeaders(auth);
    return { headers: async () => headers, refused: () => undefined };
  }
  const tokens = clientCredentials(auth, { fetch: ownOriginOnly(auth.tokenUrl, fetch) });
  let last = '';
  return {
    async headers(signal) {
      last = await tokens.token(signal);
      return { authorization: `Bearer ${last}` };
    },
    refused: () => tokens.refused(last),
  };
}

function fixedHeaders(auth: Exclude<Authentication, { kind: 'oauth2' }> | undefined): Record<string, string> {
  if (!auth) return {};
  if (auth.kind === 'bearer') return { authorization: `Bearer ${auth.token}` };
  return { authorization: `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}` };
}
