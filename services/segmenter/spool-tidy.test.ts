import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { embeddedQueue, eventOf, type JobState, jobKey, type Queue } from '@maskwright/queue';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { job, summary } from './sample.ts';
import { Spool } from './spool.ts';
import { tidySpool } from './spool-tidy.ts';

const stored: JobState = { kind: 'stored', sopInstanceUIDs: [], result: summary };
const at = new Date('2026-01-01T00:00:00Z');
const never = new AbortController().signal;

let folder: string;
let spool: Spool;
let queue: Queue;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-tidy-'));
  spool = new Spool(path.join(folder, 'spool'));
  queue = embeddedQueue({ file: path.join(folder, 'queue.sqlite') });
});
afterEach(() => queue.close());

/** What `put` leaves where a crash comes before the note. */
async function crashedPut() {
  await spool.put(job.key, { objects: [Uint8Array.of(1)], event: eventOf(job, stored, at) });
  await rm(path.join(spoolFolder(), `${job.key}.json`));
}
const wholePut = () => spool.put(job.key, { objects: [Uint8Array.of(1)], event: eventOf(job, stored, at) });
const spoolFolder = () => path.join(folder, 'spool');

describe('what the spool holds of a job', () => {
  test.each<[string, JobState | undefined, number, number]>([
    ['that is stored', stored, 0, 0],
    [
      'whose result was deleted in the archive',
      { ...stored, deleted: { at: at.toISOString(), sopInstanceUIDs: [] } },
      0,
      0,
    ],
    ['that another has taken the place of', { kind: 'superseded', by: job.key }, 0, 0],
    ['that needs a person', { kind: 'needs-person', result: summary }, 0, 0],
    ['that was set aside', { kind: 'failed', code: 'ARCHIVE_REFUSED', reason: 'no' }, 2, 0],
    ['that is done by someone', { kind: 'running' }, 2, 1],
    ['that waits', { kind: 'queued', lane: 'routine' }, 2, 1],
    ['that the log does not know', undefined, 2, 1],
  ])('%s', async (_, state, files, leftovers) => {
    // An older state is not what counts.
    if (state) for (const kind of [stored, state]) await queue.events.append(eventOf(job, kind, at));
    await wholePut();
    await tidySpool(spool, queue, never);
    expect(await readdir(spoolFolder())).toHaveLength(files);
    expect((await spool.get(job.key)) !== undefined).toBe(files > 0);
    await crashedPut();
    await tidySpool(spool, queue, never);
    expect(await readdir(spoolFolder())).toHaveLength(leftovers);
  });

  test('is told apart job by job', async () => {
    const other = { ...job, key: jobKey({ sources: ['1.3'], task: 'polyp', bundles: [], resultVersion: '1' }) };
    await queue.events.append(eventOf(job, stored, at));
    await queue.events.append(eventOf(other, { kind: 'running' }, at));
    await wholePut();
    await spool.put(other.key, { objects: [Uint8Array.of(1)], event: eventOf(other, stored, at) });
    await tidySpool(spool, queue, never);
    expect(await spool.keys()).toEqual([other.key]);
  });
});

test('an empty spool asks the log nothing, which in Kafka is read from its beginning', async () => {
  const newest = () => Promise.reject(new Error('it was asked'));
  await expect(tidySpool(spool, { events: { ...queue.events, newest } }, never)).resolves.toBeUndefined();
});
