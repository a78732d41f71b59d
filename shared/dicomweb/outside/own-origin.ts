import { MaskwrightError } from '@maskwright/errors';
import type { Fetch, FetchAnswer } from './fetch.ts';

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MOST_REDIRECTS = 5;

/**
 * Asks one origin only: what an archive names elsewhere, by a redirect or as the URI of bulk data, would get our requests,
 * and would be taken for the archive's word.
 * @param root any address of that origin
 * @throws MaskwrightError ARCHIVE_REFUSED naming the other origin
 */
export function ownOriginOnly(root: string, fetch: Fetch): Fetch {
  const { origin } = new URL(root);
  const permitted = (address: string, why: string): string => {
    const url = URL.parse(address);
    if (url?.origin === origin) return address;
    throw new MaskwrightError('ARCHIVE_REFUSED', `${why} another origin, ${url?.origin ?? 'an address that is none'}`);
  };
  return async (address, request) => {
    let url = permitted(address, 'what is asked for is at');
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
      const answer = await fetch(url, { ...request, redirect: 'manual' });
      const location = REDIRECTS.has(answer.status) ? answer.headers.get('location') : null;
      // A body is sent again only where the server says that the method stays (RFC 9110 section 15.4).
      const resent = request.body === undefined || answer.status === 307 || answer.status === 308;
      if (location === null || !resent) return answer;
      await letGo(answer);
      url = permitted(new URL(location, url).href, 'it redirects to');
    }
    throw new MaskwrightError('ARCHIVE_REFUSED', `it redirects more than ${MOST_REDIRECTS} times`);
  };
}

/** The connection is not kept waiting for somebody to read this. */
async function letGo({ body }: FetchAnswer): Promise<void> {
  await body?.[Symbol.asyncIterator]().return?.();
}
