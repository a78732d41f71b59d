import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether a page of another origin sent the request. Browsers tell of it by these headers, also when they open a WebSocket, and
 * no page can change them; programs that are no browsers send neither.
 * @param trusted origin of another page that counts as ours
 */
export function isFromAnotherPage(
  { origin, host, 'sec-fetch-site': site }: IncomingHttpHeaders,
  trusted?: string,
): boolean {
  if (origin !== undefined && origin === trusted) return false;
  return (site !== undefined && site !== 'same-origin') || (origin !== undefined && !sameHost(origin, host));
}

/** A proxy may end TLS before us, so the scheme is not compared. */
function sameHost(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
}
