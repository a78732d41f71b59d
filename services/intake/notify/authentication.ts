import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** How whoever notifies shows who it is. */
export type NotifyAuth =
  | { readonly kind: 'bearer'; readonly token: string }
  /** HMAC-SHA-256 with this key. */
  | { readonly kind: 'hmac'; readonly key: string };

export interface SignedRequest {
  readonly authorization: string | undefined;
  /** `t=<seconds since 1970>,v1=<hexadecimal HMAC of "t.body">` */
  readonly signature: string | undefined;
  readonly body: Uint8Array;
}

/** A signature that is older, or newer, is refused: what was overheard cannot be sent again for long. */
const TOLERANCE_MS = 300_000;

export function isAuthentic(auth: NotifyAuth, { authorization, signature, body }: SignedRequest, now: Date): boolean {
  if (auth.kind === 'bearer') {
    const [, token] = /^Bearer +(\S+)$/i.exec(authorization ?? '') ?? [];
    return token !== undefined && isSame(token, auth.token);
  }
  const [, seconds = '', given = ''] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(signature ?? '') ?? [];
  if (given === '' || Math.abs(now.getTime() - Number(seconds) * 1000) > TOLERANCE_MS) return false;
  return isSame(given, sign(auth.key, seconds, body));
}

/** The HMAC of a request, in hexadecimal. */
export function sign(key: string, seconds: string, body: Uint8Array): string {
  return createHmac('sha256', key).update(`${seconds}.`).update(body).digest('hex');
}

/** Takes as long for any two texts: digests of one length are compared. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
