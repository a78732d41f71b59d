import { parseUid, type SOPInstanceUID } from '@maskwright/dicom';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { event, image, summary } from './sample.ts';
import { failed, type SampleConsole, startWithThreeResults, stored, waiting } from './sample-console.ts';

let served: SampleConsole;
beforeAll(async () => {
  served = await startWithThreeResults();
});
afterAll(() => served?.close());

describe('results', () => {
  test('are listed, last changed first, without the names of patients', async () => {
    const text = await (await served.get('/api/results')).text();
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
    expect(await (await served.get(`/api/results/${stored}`)).json()).toMatchObject({ key: stored, result: summary });
  });

  test('that failed tell what to do', async () => {
    expect(await (await served.get(`/api/results/${failed}`)).json()).toMatchObject({
      failure: {
        code: 'PIXELS_CORRUPT',
        reason: 'frame 1 ends early',
        remedy: expect.stringContaining('sending system'),
      },
    });
  });

  test('tell modality, body part and date of their series, and nothing else of its header', async () => {
    expect(await (await served.get(`/api/results/${stored}/facts`)).json()).toEqual({
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
    const response = await served.get(path);
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
      await served.queue.events.append(gone);
      const row = { key: gone.key, state: 'stored', deletedAt: at, deleted };
      expect(await (await served.get('/api/results')).json()).toMatchObject({
        results: expect.arrayContaining([expect.objectContaining(row)]),
      });
      expect(await (await served.get(`/api/results/${gone.key}`)).json()).toMatchObject(row);
      if (deleted === 'all')
        expect(await (await served.get(`/api/results/${gone.key}/picture`)).json()).toMatchObject({
          frames: 1,
          segments: [],
        });
    },
  );
});

describe('a result that failed', () => {
  const replay = (key: string, headers?: Readonly<Record<string, string>>) =>
    served.post(`/api/results/${key}/replay`, '{}', headers);

  test('is tried again when a person says so, as long as it is set aside, and only from this page', async () => {
    expect((await replay(failed)).status).toBe(409);
    const { key, study, series, task } = event(2, { kind: 'running' }, 0);
    const job = { schema: 'maskwright.job/1', key, study, series, task, lane: 'backlog' } as const;
    const letter = { job, code: 'PIXELS_CORRUPT', reason: 'x', at: '2026-01-02T00:00:00Z' };
    served.queue.letters.push({ ...letter, schema: 'maskwright.dead-letter/1' });
    expect((await replay(failed, { origin: 'http://evil.test' })).status).toBe(403);
    expect((await replay(failed)).status).toBe(202);
    // Who asks waits for it: not behind the archive's whole history.
    expect(served.queue.enqueued.at(-1)).toEqual({ ...job, lane: 'routine' });
    const newest = await served.queue.events.newest([key], new AbortController().signal);
    expect(newest.get(key)?.state).toEqual({ kind: 'queued', lane: 'routine' });
  });
});
