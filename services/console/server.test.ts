import { request as httpRequest, IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Catalogue } from '@maskwright/catalogue';
import { parseUid, type SOPInstanceUID } from '@maskwright/dicom';
import type { Listening } from '@maskwright/http';
import { startTelemetry, type Telemetry } from '@maskwright/telemetry';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { LiveStreams } from './live.ts';
import {
  archiveOf,
  catalogueOfRepository,
  event,
  heart,
  image,
  MemoryQueue,
  radiographFile,
  segFile,
  summary,
} from './sample.ts';
import { startConsole } from './server.ts';
import { Worklist } from './worklist.ts';

let catalogue: Catalogue;
let telemetry: Telemetry;
let server: Listening;
let queue: MemoryQueue;
const log: string[] = [];
const stored = event(1, { kind: 'running' }, 0).key;
const failed = event(2, { kind: 'running' }, 0).key;
const waiting = event(3, { kind: 'running' }, 0).key;

beforeAll(async () => {
  catalogue = await catalogueOfRepository();
  telemetry = startTelemetry({
    service: 'test',
    version: '0',
    logLevel: 'debug',
    logDestination: { write: (line) => void log.push(line) },
  });
  const seg = segFile(catalogue, stored);
  queue = new MemoryQueue([
    event(1, { kind: 'stored', sopInstanceUIDs: [seg.uid], result: summary }, 3),
    event(2, { kind: 'failed', code: 'PIXELS_CORRUPT', reason: 'frame 1 ends early' }, 4),
    event(3, { kind: 'queued', lane: 'routine' }, 5),
  ]);
  const archive = archiveOf(
    new Map([
      [image, radiographFile()],
      [seg.uid, seg.bytes],
    ]),
  );
  const deps = {
    archive,
    queue,
    catalogue,
    bundleDigest: () => 'digest',
    telemetry,
    now: () => new Date(Date.UTC(2026, 0, 2)),
  };
  server = await startConsole(deps, { host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await server?.close();
  await telemetry?.shutdown();
});

const get = (path: string, init?: RequestInit) => fetch(`${server.url}${path}`, init);
const post = (key: string, body: string, headers: Record<string, string> = {}) =>
  get(`/api/results/${key}/prompt`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });

describe('results', () => {
  test('are listed, last changed first, without the names of patients', async () => {
    const text = await (await get('/api/results')).text();
    expect(JSON.parse(text)).toMatchObject({
      truncated: false,
      results: [
        { key: waiting, state: 'queued', lane: 'routine' },
        { key: failed, state: 'failed', code: 'PIXELS_CORRUPT' },
        {
          key: stored,
          state: 'stored',
          task: { id: 'chest-xray', title: 'Lungs and heart, chest X-ray' },
          model: 'starter-vlsm',
          percentile: 12,
        },
      ],
    });
    expect(text).not.toMatch(/Doe|secret/);
  });

  test('tell prompt, attributes with their origin, model and assessment', async () => {
    expect(await (await get(`/api/results/${stored}`)).json()).toMatchObject({ key: stored, result: summary });
  });

  test('that failed tell what to do', async () => {
    expect(await (await get(`/api/results/${failed}`)).json()).toMatchObject({
      failure: {
        code: 'PIXELS_CORRUPT',
        reason: 'frame 1 ends early',
        remedy: expect.stringContaining('sending system'),
      },
    });
  });

  test('tell modality, body part and date of their series, and nothing else of its header', async () => {
    expect(await (await get(`/api/results/${stored}/facts`)).json()).toEqual({
      modality: 'CR',
      bodyPart: 'CHEST',
      studyDate: '20260102',
    });
  });

  test.each([
    ['an unknown result', '/api/results/abc'],
    ['an unknown slice', `/api/results/${stored}/image/${image}/2`],
    ['a frame that is no number', `/api/results/${stored}/image/${image}/-1`],
    ['an unknown segment', `/api/results/${stored}/mask/${image}/1/2`],
    ['a mask of a result without one', `/api/results/${waiting}/mask/${image}/1/1`],
    ['an unknown resource', '/api/nothing'],
    ['an unknown page', '/nothing.html'],
    ['a path out of the folder', '/..%2fserver.ts'],
  ])('%s is not found', async (_, path) => {
    const response = await get(path);
    expect(response.status).toBe(404);
    expect(await response.json()).toHaveProperty('error');
  });
});

describe('a result that was deleted in the PACS', () => {
  test.each([
    ['all', 'wholly', 1],
    ['part', 'in part', 2],
  ])(
    'says "%s" where it is gone %s, in the list and by itself, and its images are still shown',
    async (deleted, _, n) => {
      const at = '2026-01-01T00:01:00.000Z';
      const uids = ['2.25.71', '2.25.72'].slice(0, n).map((uid) => parseUid<SOPInstanceUID>(uid, 'instance'));
      const sopInstanceUIDs = uids.slice(0, 1);
      const gone = event(
        3000 + n,
        { kind: 'stored', sopInstanceUIDs: uids, result: summary, deleted: { at, sopInstanceUIDs } },
        60,
      );
      await queue.events.append(gone);
      const row = { key: gone.key, state: 'stored', deletedAt: at, deleted };
      expect(await (await get('/api/results')).json()).toMatchObject({
        results: expect.arrayContaining([expect.objectContaining(row)]),
      });
      expect(await (await get(`/api/results/${gone.key}`)).json()).toMatchObject(row);
      if (deleted === 'all')
        expect(await (await get(`/api/results/${gone.key}/picture`)).json()).toMatchObject({ frames: 1, segments: [] });
    },
  );
});

describe('drift', () => {
  const device = { bundle: 'starter-vlsm', version: '1', modality: 'US', device: 'Vivid "E9"', site: 'north' };
  test('is told by model, modality, device model and site', async () => {
    const far = { family: 'cardiac-ultrasound', percentile: 97, distance: 9, gate: [], predictedDice: 0.5 };
    const result = { ...summary, assessment: far, provenance: device };
    for (let n = 0; n < 100; n++)
      await queue.events.append(
        event(1000 + n, { kind: n < 25 ? 'needs-person' : 'stored', sopInstanceUIDs: [], result }, n),
      );
    const answer = async () => (await get('/api/drift')).json();
    await expect.poll(answer).toMatchObject({ groups: [{ results: 100 }] });
    expect(await answer()).toMatchObject({
      window: 500,
      groups: [
        { labels: { ...device, family: 'cardiac-ultrasound' }, results: 100, needsPerson: 0.25, predictedDice: 0.5 },
      ],
    });
  });

  test('stands in the metrics, a line for each group', async () => {
    const text = await telemetry.metricsText();
    const line = (name: string) => new RegExp(`^maskwright_drift_${name}\\{([^\n]*)\\} (\\S+)$`, 'm').exec(text) ?? [];
    const [, labels, index] = line('psi');
    for (const label of ['modality="US"', 'site="north"', 'version="1"', 'device="Vivid \\"E9\\""'])
      expect(labels).toContain(label);
    expect(Number(index)).toBeGreaterThan(0.25);
    expect(line('results')[2]).toBe('100');
    expect(line('needs_person_share')[2]).toBe('0.25');
    expect(line('predicted_dice')[2]).toBe('0.5');
    expect(text).toMatch(/^maskwright_drift_percentile_share\{.*from="90".*\} 1$/m);
    expect(text).not.toMatch(/Doe|secret/);
  });
});

describe('pictures', () => {
  test('are described before they are drawn', async () => {
    expect(await (await get(`/api/results/${stored}/picture`)).json()).toMatchObject({
      rows: 10,
      columns: 10,
      frames: 1,
      pixelAspect: 1,
      fullestFrame: 0,
      edges: [{ left: 'R', right: 'L', top: 'H', bottom: 'F' }],
      segments: [{ number: 1, label: 'Heart', frames: [0] }],
    });
  });

  test('the image is the rendered one', async () => {
    const png = await pngOf(`/api/results/${stored}/image/${image}/1`);
    expect([png.width, png.height]).toEqual([10, 10]);
    expect(png.data[0]).toBeLessThan(png.data[99 * 4] ?? 0);
  });

  test('the mask lies where the SEG has it, in its colour, transparent elsewhere', async () => {
    const { data } = await pngOf(`/api/results/${stored}/mask/${image}/1/1`);
    const inside = heart.indexOf(1);
    expect([...heart].map((_, at) => data[at * 4 + 3])).toEqual([...heart].map((value) => value * 255));
    const [red = 0, green = 0, blue = 0] = data.subarray(inside * 4);
    const color = catalogue.task('chest-xray').targets.find(({ name }) => name === 'heart')?.color ?? [0, 0, 0];
    // The SEG has the colour as CIELab of 16 bits.
    for (const [index, value] of [red, green, blue].entries())
      expect(Math.abs(value - (color[index] ?? 0))).toBeLessThan(3);
  });

  test('of a result without a SEG are the image alone', async () => {
    expect(await (await get(`/api/results/${waiting}/picture`)).json()).toMatchObject({ frames: 1, segments: [] });
  });

  async function pngOf(path: string): Promise<PNG> {
    const response = await get(path);
    expect(response.headers.get('content-type')).toBe('image/png');
    return PNG.sync.read(Buffer.from(await response.arrayBuffer()));
  }
});

describe('other words', () => {
  test('become an interactive job on the same series, once', async () => {
    const first = await post(stored, '{"text": "  right lung "}');
    expect(first.status).toBe(202);
    const { key } = z.object({ key: z.string() }).parse(await first.json());
    await expect.poll(async () => (await get(`/api/results/${key}`)).status).toBe(200);
    const again = await post(stored, '{"text": "right lung"}', { origin: server.url });
    expect(again.status).toBe(200);
    expect(await again.json()).toEqual({ key, known: true });
    expect(queue.enqueued).toMatchObject([
      { key, series: '1.2.3.4', task: 'chest-xray', lane: 'interactive', prompt: 'right lung' },
    ]);
  });

  test.each([
    ['Persian, with a zero width non-joiner', 'ریه\u200cی راست'],
    ['an emoji of two, with a zero width joiner', 'heart \u{1f469}\u200d\u2695\ufe0f'],
  ])('in %s: taken as they are', async (_, text) => {
    expect((await post(stored, JSON.stringify({ text }))).status).toBe(202);
    expect(queue.enqueued.at(-1)?.prompt).toBe(text);
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
    const before = queue.enqueued.length;
    const response = await post(stored, body, headers);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: expect.stringMatching(/\S/) });
    expect(queue.enqueued).toHaveLength(before);
  });
});

describe('the rim', () => {
  test('allows the page its own scripts and styles only', async () => {
    const response = await get('/');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|\*/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    const page = await response.text();
    expect(page).toContain('Research use only');
    expect(page).not.toMatch(/<script>|style=|onclick/);
  });

  test('is alive', async () => {
    expect(await (await get('/livez')).text()).toBe('alive\n');
  });

  test.each([
    ['rebound.example', 403],
    ['127.rebound.example', 403],
    ['localhost', 200],
    ['127.0.0.1', 200],
  ])('on the loopback interface answers to its names only: %s gets %i', async (host, expected) => {
    const status = await new Promise((resolve, reject) => {
      const { hostname, port } = new URL(server.url);
      const headers = { host };
      httpRequest({ hostname, port, path: '/api/results', headers }, ({ statusCode }) => resolve(statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(expected);
  });

  test('a port that is taken is named', async () => {
    const port = Number(new URL(server.url).port);
    const deps = {
      archive: archiveOf(new Map()),
      queue,
      catalogue,
      bundleDigest: () => 'd',
      telemetry,
      now: () => new Date(),
    };
    await expect(startConsole(deps, { host: '127.0.0.1', port })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  test('nothing of a patient is in the log', () => {
    expect(log.join('')).not.toMatch(/Doe|secret|right lung/);
  });
});

describe('live events', () => {
  test('start with the whole worklist and go on with each change, also after a new connection', async () => {
    const first = await openStream();
    const snapshot = await first.next('snapshot');
    expect(snapshot.results.map(({ key }: { key: string }) => key)).toEqual(
      expect.arrayContaining([stored, failed, waiting]),
    );
    await queue.events.append(event(4, { kind: 'running' }, 9));
    expect(await first.next('result')).toMatchObject({ key: event(4, { kind: 'running' }, 0).key, state: 'running' });
    first.close();
    const second = await openStream();
    expect((await second.next('snapshot')).results[0]).toMatchObject({ state: 'running' });
    second.close();
  });

  test('say every 15 seconds that they are still there: silence is a broken connection', () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const streams = new LiveStreams(new Worklist());
    const response = new ServerResponse(new IncomingMessage(new Socket()));
    const write = vi.spyOn(response, 'write');
    streams.open(response, () => null);
    write.mockClear();
    vi.advanceTimersByTime(30_000);
    expect(write.mock.calls).toEqual(Array(2).fill(['event: beat\ndata: null\n\n']));
    streams.close();
    vi.useRealTimers();
  });

  async function openStream() {
    const abort = new AbortController();
    const response = await get('/api/events', { signal: abort.signal });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    return {
      close: () => abort.abort(),
      async next(name: string) {
        for (;;) {
          const [whole, data] = new RegExp(`event: ${name}\\ndata: (.*)\\n\\n`).exec(text) ?? [];
          if (whole && data) {
            text = text.slice(text.indexOf(whole) + whole.length);
            return JSON.parse(data);
          }
          const { value, done } = (await reader?.read()) ?? { done: true, value: undefined };
          if (done) throw new Error('the stream ended');
          text += value;
        }
      },
    };
  }
});

describe('a result that failed', () => {
  const replay = (key: string, headers: Record<string, string> = {}) =>
    get(`/api/results/${key}/replay`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: '{}',
    });

  test('is tried again when a person says so, as long as it is set aside, and only from this page', async () => {
    expect((await replay(failed)).status).toBe(409);
    const { key, study, series, task } = event(2, { kind: 'running' }, 0);
    const job = { schema: 'maskwright.job/1', key, study, series, task, lane: 'routine' } as const;
    const letter = { job, code: 'PIXELS_CORRUPT', reason: 'x', at: '2026-01-02T00:00:00Z' };
    queue.letters.push({ ...letter, schema: 'maskwright.dead-letter/1' });
    expect((await replay(failed, { origin: 'http://evil.test' })).status).toBe(403);
    expect((await replay(failed)).status).toBe(202);
    expect(queue.enqueued.at(-1)).toEqual(job);
    const newest = await queue.events.newest([key], new AbortController().signal);
    expect(newest.get(key)?.state).toEqual({ kind: 'queued', lane: 'routine' });
  });
});
