import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseUid } from '@maskwright/dicom';
import { eventOf, jobFor } from '@maskwright/queue';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CacheFile } from './cache-file.ts';
import { JobStates } from './job-states.ts';

const job = jobFor(
  {
    study: parseUid('1.2.3', 'StudyInstanceUID'),
    series: parseUid('1.2.3.1', 'SeriesInstanceUID'),
    sources: [parseUid('1.2.3.1.1', 'SOPInstanceUID')],
    task: { id: 'chest-xray', digest: 'd', models: { vlsm: 'v', conventional: 'c' } },
    lane: 'routine',
  },
  (id) => id,
);
const failed = eventOf(job, { kind: 'failed', code: 'X', reason: 'x' }, new Date('2026-11-29T00:00:00Z'));

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cache-'));
  file = path.join(folder, 'intake.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the file of the memory', () => {
  test('is for its owner alone', () => {
    const cache = new CacheFile(file);
    cache.together(() => undefined);
    const modes = readdirSync(folder).map((name) => statSync(path.join(folder, name)).mode & 0o777);
    expect(new Set(modes)).toEqual(new Set([0o600]));
    cache.close();
  });

  test.each<[string, (cache: CacheFile, other: DatabaseSync) => void]>([
    ['is busy', (_, other) => other.exec('BEGIN IMMEDIATE')],
    // No more pages than there are.
    ['has no room', (cache) => void cache.prepare('PRAGMA max_page_count = 1').get()],
  ])('says so where it %s, and goes on afterwards', async (_, hinder) => {
    const cache = new CacheFile(file);
    cache.prepare('PRAGMA busy_timeout = 0').get();
    const jobs = new JobStates(cache);
    const other = new DatabaseSync(file);
    hinder(cache, other);
    const noted = async () =>
      jobs.load(Array.from({ length: 600 }, (_, n) => ({ ...failed, task: `${n}`.repeat(2000) })));
    await expect(noted()).rejects.toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
      retryable: true,
      message: expect.stringContaining(file),
    });
    other.close();
    cache.prepare('PRAGMA max_page_count = 1000000').get();
    jobs.note(failed);
    expect(jobs.get(job.key)).toMatchObject({ kind: 'failed' });
    cache.close();
  });

  test('is not tried again where it is broken', () => {
    const cache = new CacheFile(file);
    const jobs = new JobStates(cache);
    cache.prepare('DROP TABLE jobs').run();
    expect(() => jobs.note(failed)).toThrow(expect.not.objectContaining({ code: 'OUTPUT_UNWRITABLE' }));
    cache.close();
  });

  test('is named where none can be made', () => {
    writeFileSync(path.join(folder, 'no-folder'), '');
    const impossible = path.join(folder, 'no-folder', 'intake.sqlite');
    expect(() => new CacheFile(impossible)).toThrow(
      expect.objectContaining({ code: 'OUTPUT_UNWRITABLE', message: expect.stringContaining(impossible) }),
    );
  });
});
