import { MaskwrightError } from '@maskwright/errors';
import type { Listening } from '@maskwright/http';
import type { StudyNotice } from '@maskwright/queue';
import { afterEach, describe, expect, test } from 'vitest';
import { type NotifyAuth, sign } from './authentication.ts';
import { startNotifyServer } from './server.ts';

const NOW = new Date('2026-01-01T00:00:00Z');
const SECONDS = String(NOW.getTime() / 1000);
const BEARER: NotifyAuth = { kind: 'bearer', token: 'a-token' };
const HMAC: NotifyAuth = { kind: 'hmac', key: 'a-key' };

let server: Listening;
afterEach(() => server.close());

async function post(auth: NotifyAuth, body: string, headers: Record<string, string>, fail?: Error) {
  const published: StudyNotice[] = [];
  const logged: unknown[] = [];
  const keep = (...args: unknown[]) => logged.push(args);
  server = await startNotifyServer(
    {
      queue: {
        notices: {
          consume: () => Promise.reject(new Error('not used here')),
          async publish(notices) {
            if (fail) throw fail;
            published.push(...notices);
          },
        },
      },
      // The logger's type has a dozen methods; only this one is called.
      telemetry: { log: { warn: keep } as never },
      now: () => NOW,
    },
    { port: 0, host: '127.0.0.1', auth },
  );
  const answer = await fetch(`${server.url}/notices`, { method: 'POST', body, headers });
  return { status: answer.status, text: await answer.text(), published: published.map(({ study }) => study), logged };
}
const signed = (body: string, seconds = SECONDS, key = 'a-key') => ({
  'x-maskwright-signature': `t=${seconds},v1=${sign(key, seconds, Buffer.from(body))}`,
});

describe('POST /notices', () => {
  test.each<[string, NotifyAuth, Record<string, string>, number]>([
    ['the right token', BEARER, { authorization: 'Bearer a-token' }, 202],
    ['a wrong token', BEARER, { authorization: 'Bearer another' }, 401],
    ['no token', BEARER, {}, 401],
    ['the token as a password', BEARER, { authorization: 'Basic a-token' }, 401],
    ['the right signature', HMAC, signed('1.2.3'), 202],
    ['a signature of another body', HMAC, signed('1.2.4'), 401],
    ['a signature by another key', HMAC, signed('1.2.3', SECONDS, 'another'), 401],
    ['a signature that is too old', HMAC, signed('1.2.3', String(Number(SECONDS) - 301)), 401],
    [
      'a time that was not signed',
      HMAC,
      {
        'x-maskwright-signature': signed('1.2.3')['x-maskwright-signature'].replace(
          SECONDS,
          String(Number(SECONDS) + 1),
        ),
      },
      401,
    ],
    ['no signature', HMAC, {}, 401],
    ['a token where a signature is asked for', HMAC, { authorization: 'Bearer a-key' }, 401],
  ])('%s', async (_, auth, headers, status) => {
    const answer = await post(auth, '1.2.3', headers);
    expect([answer.status, answer.published]).toEqual([status, status === 202 ? ['1.2.3'] : []]);
  });

  const bearer = { authorization: 'Bearer a-token' };
  test('what is no notice is refused and not quoted', async () => {
    const answer = await post(BEARER, '{"PatientName":"Doe^Jane"}', bearer);
    expect(answer).toMatchObject({ status: 400, published: [], text: expect.not.stringContaining('Doe') });
  });

  test('a list is taken whole', async () => {
    expect(await post(BEARER, '["1.2.3","1.2.4"]', bearer)).toMatchObject({
      status: 202,
      published: ['1.2.3', '1.2.4'],
      text: '{"accepted":2}',
    });
  });

  test('where the queue is away the sender is told to come again', async () => {
    const answer = await post(BEARER, '1.2.3', bearer, new MaskwrightError('QUEUE_UNREACHABLE', 'broker 10.0.0.7'));
    expect(answer).toMatchObject({ status: 503, text: expect.not.stringContaining('10.0.0.7') });
    expect(answer.logged).toHaveLength(1);
  });

  test('a body that is too large is refused', async () => {
    expect(await post(BEARER, '1'.repeat(5_000_000), bearer)).toMatchObject({ status: 413, published: [] });
  });
});
