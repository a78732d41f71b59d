import { MaskwrightError } from '@maskwright/errors';

export type Authentication =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'bearer'; readonly token: string };

/** @throws MaskwrightError CONFIG_INVALID where the URL cannot be used */
export function rootOf(url: string): string {
  const root = URL.parse(url);
  if (!root || !/^https?:$/.test(root.protocol))
    throw new MaskwrightError('CONFIG_INVALID', 'archive.url is not an http or https URL');
  if (root.username || root.password)
    throw new MaskwrightError('CONFIG_INVALID', 'archive.url must not hold a password: use archive.auth');
  return url.replace(/\/+$/, '');
}

export function authorization(auth: Authentication | undefined): Record<string, string> {
  if (!auth) return {};
  const token =
    auth.kind === 'bearer'
      ? `Bearer ${auth.token}`
      : `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`;
  return { authorization: token };
}
