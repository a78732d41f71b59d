import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Fetch, FetchAnswer } from './fetch.ts';
import { clientCredentials } from './oauth2.ts';

const credentials = { tokenUrl: 'http://issuer.test/token', clientId: 'a', clientSecret: 'b' };
const granted = (token: string): FetchAnswer => new Response(JSON.stringify({ access_token: token }));

/** An issuer that answers when told to, unless its request was given up. */
function slowIssuer() {
  const asked: ((answer: FetchAnswer) => void)[] = [];
  const fetch: Fetch = (_, { signal }) =>
    new Promise((resolve, reject) => {
      asked.push(resolve);
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  return { asked, tokens: clientCredentials(credentials, { fetch }) };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('a token that several wait for', () => {
  test('comes to the others where one no longer waits, and is asked for once', async () => {
    const { asked, tokens } = slowIssuer();
    const [first, second] = [new AbortController(), new AbortController()];
    const given = [tokens.token(first.signal), tokens.token(second.signal)] as const;
    first.abort(new Error('no longer wanted'));
    await expect(given[0]).rejects.toMatchObject({ code: 'ARCHIVE_UNREACHABLE' });
    asked[0]?.(granted('one'));
    expect(await given[1]).toBe('one');
    expect(await tokens.token(second.signal)).toBe('one');
    expect(asked).toHaveLength(1);
    expect([first, second].flatMap(({ signal }) => getEventListeners(signal, 'abort'))).toEqual([]);
  });

  test('is waited for by nobody who was told to stop before', async () => {
    const { asked, tokens } = slowIssuer();
    await expect(tokens.token(AbortSignal.abort())).rejects.toMatchObject({ code: 'ARCHIVE_UNREACHABLE' });
    asked[0]?.(granted('one'));
    expect(await tokens.token(new AbortController().signal)).toBe('one');
  });

  test('is asked for anew where the issuer says nothing for a minute', async () => {
    const { asked, tokens } = slowIssuer();
    const given = tokens.token(new AbortController().signal);
    const refused = expect(given).rejects.toMatchObject({ code: 'ARCHIVE_UNREACHABLE' });
    await vi.advanceTimersByTimeAsync(60_000);
    await refused;
    const again = tokens.token(new AbortController().signal);
    asked[1]?.(granted('two'));
    expect(await again).toBe('two');
    expect(vi.getTimerCount()).toBe(0);
  });
});

test('an issuer that breaks off in its answer is one that does not answer', async () => {
  const body = new ReadableStream({ pull: (stream) => stream.error(new Error('broken')) });
  const tokens = clientCredentials(credentials, { fetch: async () => new Response(body) });
  const given = tokens.token(new AbortController().signal);
  await expect(given).rejects.toMatchObject({ code: 'ARCHIVE_UNREACHABLE' });
});
