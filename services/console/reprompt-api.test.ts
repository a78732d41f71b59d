import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type SampleConsole, startWithThreeResults, stored } from './sample-console.ts';

let served: SampleConsole;
beforeAll(async () => {
  served = await startWithThreeResults();
});
afterAll(() => served?.close());

describe('other words', () => {
  test('become an interactive job on the same series, once', async () => {
    const first = await served.post(`/api/results/${stored}/prompt`, '{"text": "  right lung "}');
    expect(first.status).toBe(202);
    const { key } = z.object({ key: z.string() }).parse(await first.json());
    await expect.poll(async () => (await served.get(`/api/results/${key}`)).status).toBe(200);
    const again = await served.post(`/api/results/${stored}/prompt`, '{"text": "right lung"}', { origin: served.url });
    expect(again.status).toBe(200);
    expect(await again.json()).toEqual({ key, known: true });
    expect(served.queue.enqueued).toMatchObject([
      { key, series: '1.2.3.4', task: 'chest-xray', lane: 'interactive', prompt: 'right lung' },
    ]);
  });

  test.each([
    ['Persian, with a zero width non-joiner', 'ریه\u200cی راست'],
    ['an emoji of two, with a zero width joiner', 'heart \u{1f469}\u200d\u2695\ufe0f'],
  ])('in %s: taken as they are', async (_, text) => {
    expect((await served.post(`/api/results/${stored}/prompt`, JSON.stringify({ text }))).status).toBe(202);
    expect(served.queue.enqueued.at(-1)?.prompt).toBe(text);
  });

  test.each<[string, number, string, Record<string, string>]>([
    ['joiners that join nothing', 400, '{"text": "\\u200c;\\u200d"}', {}],
    ['nothing', 400, '{"text": "   "}', {}],
    ['separators alone', 400, '{"text": " ; ;"}', {}],
    ['too many', 400, JSON.stringify({ text: 'x'.repeat(301) }), {}],
    ['control characters', 400, '{"text": "a\\u0000b"}', {}],
    ['line breaks', 400, '{"text": "a\\nb"}', {}],
    ['marks that turn the text around', 400, '{"text": "a\\u202eb"}', {}],
    ['no text', 400, '{"text": 3}', {}],
    ['other keys', 400, '{"text": "a", "lane": "stat"}', {}],
    ['no JSON', 400, '{', {}],
    ['too long a body', 413, JSON.stringify({ text: 'x'.repeat(20_000) }), {}],
    ['a form of another page', 415, 'text=a', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['another origin', 403, '{"text": "a"}', { origin: 'http://elsewhere.example' }],
    ['an opaque origin', 403, '{"text": "a"}', { origin: 'null' }],
    ['another site', 403, '{"text": "a"}', { 'sec-fetch-site': 'cross-site' }],
  ])('%s: refused with %i', async (_, status, body, headers) => {
    const before = served.queue.enqueued.length;
    const response = await served.post(`/api/results/${stored}/prompt`, body, headers);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: expect.stringMatching(/\S/) });
    expect(served.queue.enqueued).toHaveLength(before);
  });
});
