import { mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseUid, type SeriesInstanceUID, type SOPInstanceUID, type StudyInstanceUID } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import { embeddedQueue, eventOf, type Job, jobKey, type Lane } from '@maskwright/queue';
import { beforeEach, describe, expect, test } from 'vitest';
import { replay } from './replay.ts';
import type { Terminal } from './terminal.ts';

let config: string;
let home: string;
let out: string[];
let err: string[];
let io: Terminal;
beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'maskwright-replay-'));
  config = path.join(home, 'maskwright.yaml');
  await writeFile(config, 'home: .\n');
  [out, err] = [[], []];
  io = {
    stdout: (text) => void out.push(text),
    stderr: (text) => void err.push(text),
    progress: () => ({ update: () => undefined, stop: () => undefined }),
  };
});

const job = (index: number): Job => ({
  schema: 'maskwright.job/1',
  key: jobKey({ sources: [`1.2.${index}`], task: 'polyp', bundles: [], resultVersion: '1' }),
  study: parseUid<StudyInstanceUID>('1.2.3', 'StudyInstanceUID'),
  series: parseUid<SeriesInstanceUID>(`1.2.3.${index}`, 'SeriesInstanceUID'),
  task: 'polyp',
  lane: 'routine',
});

/** A queue in which these jobs have failed for good. */
async function setAside(...jobs: Job[]): Promise<void> {
  const queue = open();
  await queue.jobs.enqueue(jobs);
  const stop = new AbortController();
  let left = jobs.length;
  await queue.jobs.consume(
    async () => {
      left -= 1;
      if (left === 0) stop.abort();
      throw new MaskwrightError('NO_PIXEL_DATA', 'no pixels');
    },
    { signal: stop.signal },
  );
  await queue.close();
}

function open() {
  return embeddedQueue({ file: path.join(home, 'queue.sqlite') });
}

async function left(): Promise<string[]> {
  const queue = open();
  const letters = await queue.jobs.deadLetters();
  await queue.close();
  return letters.map(({ job: { key } }) => key);
}

test('without a job those that were set aside are listed, with the reason', async () => {
  await setAside(job(1), job(2));
  expect(await replay([], { config }, io)).toBe(0);
  expect(out).toHaveLength(2);
  expect(out[0]).toMatch(/polyp +study 1\.2\.3 +NO_PIXEL_DATA: no pixels$/);
  expect(await left()).toHaveLength(2);
});

test('a job goes back into its lane by the first digits of its key, and the log says that it waits', async () => {
  await setAside(job(1), job(2));
  expect(await replay([job(1).key.slice(0, 12)], { config, json: true }, io)).toBe(0);
  expect(JSON.parse(out.join(''))).toEqual([job(1).key]);
  expect(await left()).toEqual([job(2).key]);
  const queue = open();
  const newest = await queue.events.newest([job(1).key], new AbortController().signal);
  expect(newest.get(job(1).key)?.state).toEqual({ kind: 'queued', lane: 'routine' });
  await queue.close();
});

test.each<[string, Lane, Lane, string[], boolean]>([
  ['one of the backlog that is named goes among the new ones', 'backlog', 'routine', [job(1).key], false],
  ['one that is named beside --all too', 'backlog', 'routine', [job(1).key], true],
  ['of --all each stays in its lane', 'backlog', 'backlog', [], true],
  ['one that was urgent stays so', 'stat', 'stat', [job(1).key], false],
])('%s', async (_, before, after, keys, all) => {
  await setAside({ ...job(1), lane: before });
  expect(await replay(keys, { config, all }, io)).toBe(0);
  const queue = open();
  const newest = await queue.events.newest([job(1).key], new AbortController().signal);
  expect(newest.get(job(1).key)?.state).toEqual({ kind: 'queued', lane: after });
  const stop = new AbortController();
  await queue.jobs.consume(
    async ({ lane }) => {
      expect(lane).toBe(after);
      stop.abort();
    },
    { signal: stop.signal },
  );
  await queue.close();
});

test('--all puts all of them back', async () => {
  await setAside(job(1), job(2), job(3));
  expect(await replay([], { config, all: true }, io)).toBe(0);
  expect(await left()).toEqual([]);
});

test('a job that is named beside --all counts once', async () => {
  await setAside(job(1), job(2));
  expect(await replay([job(1).key, job(1).key.slice(0, 8)], { config, all: true }, io)).toBe(0);
  expect(err).toEqual(['2 of 2 put back into their lanes']);
});

test.each([
  ['digits of no job', 'deadbeef', 'JOB_UNKNOWN', /begins with "deadbeef"$/],
  ['too few digits of one', job(1).key.slice(0, 4), 'USAGE', /"[0-9a-f]{4}" is too short: give 8 or more digits/],
  ['no digits', '', 'USAGE', /"" is too short/],
])('%s put nothing back', async (_, key, code, message) => {
  await setAside(job(1));
  const refusal = { code, message: expect.stringMatching(message) };
  await expect(replay([key], { config }, io)).rejects.toMatchObject(refusal);
  expect(await left()).toEqual([job(1).key]);
});

describe('results that were deleted in the archive', () => {
  const result = {
    segments: [{ target: 'polyp', prompt: 'the polyp', promptType: 'human', pixels: 1 }],
    model: 'm',
    reason: '',
    assessment: { family: 'polyp', percentile: null, distance: null, gate: [] },
    attributes: [],
    warnings: [],
  };
  const instance = parseUid<SOPInstanceUID>('1.2.9', 'SOPInstanceUID');
  const deleted = { at: '2026-01-01T00:00:00Z', sopInstanceUIDs: [instance] };
  async function stored(index: number, gone: boolean): Promise<void> {
    const queue = open();
    const state = { kind: 'stored' as const, sopInstanceUIDs: [instance], result, ...(gone ? { deleted } : {}) };
    await queue.events.append(eventOf(job(index), state, new Date('2026-01-01')));
    await queue.close();
  }
  async function waiting(): Promise<Job[]> {
    const queue = open();
    const stop = new AbortController();
    const taken: Job[] = [];
    const timer = setTimeout(() => stop.abort(), 300);
    await queue.jobs.consume(async (one) => void taken.push(one), { signal: stop.signal });
    clearTimeout(timer);
    await queue.close();
    return taken;
  }

  test('are listed, and made again by --deleted, with the words that they were made of', async () => {
    await stored(1, true);
    await stored(2, false);
    expect(await replay([], { config }, io)).toBe(0);
    expect(out).toEqual([expect.stringMatching(/polyp +study 1\.2\.3 +deleted in the archive$/)]);
    expect(await replay([], { config, deleted: true }, io)).toBe(0);
    expect(await waiting()).toMatchObject([{ key: job(1).key, prompt: 'the polyp' }]);
  });

  test('are listed as JSON beside the jobs that were set aside, each with its state', async () => {
    await setAside(job(3));
    await stored(1, true);
    expect(await replay([], { config, json: true }, io)).toBe(0);
    expect(JSON.parse(out.join(''))).toMatchObject([
      { state: 'set-aside', job: { key: job(3).key, task: 'polyp' }, code: 'NO_PIXEL_DATA', reason: 'no pixels' },
      {
        state: 'deleted',
        job: { key: job(1).key, task: 'polyp', study: '1.2.3' },
        at: '2026-01-01T00:00:00.000Z',
        deleted,
      },
    ]);
  });

  test('one that is stored is made again by its key alone', async () => {
    await stored(2, false);
    expect(await replay([job(2).key.slice(0, 12)], { config }, io)).toBe(0);
    expect(await waiting()).toMatchObject([{ key: job(2).key }]);
  });
});
