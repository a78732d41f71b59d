import { mkdtemp, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseUid, type SeriesInstanceUID, type SOPInstanceUID, type StudyInstanceUID } from '@maskwright/dicom';
import { eventOf, type Job, jobKey } from '@maskwright/queue';
import { beforeEach, describe, expect, test } from 'vitest';
import { Spool } from './spool.ts';

const key = jobKey({ sources: ['1.2'], task: 't', bundles: [], resultVersion: '1' });
const job: Job = {
  schema: 'maskwright.job/1',
  key,
  study: parseUid<StudyInstanceUID>('1.2.3', 'StudyInstanceUID'),
  series: parseUid<SeriesInstanceUID>('1.2.4', 'SeriesInstanceUID'),
  task: 't',
  lane: 'routine',
};
const event = eventOf(
  job,
  {
    kind: 'stored',
    sopInstanceUIDs: [parseUid<SOPInstanceUID>('1.2.5', 'SOPInstanceUID')],
    result: {
      segments: [{ target: 'heart', prompt: 'heart', promptType: 'P1', pixels: 3 }],
      model: 'm',
      reason: 'r',
      assessment: { family: 'f', percentile: null, distance: null, gate: [] },
      attributes: [],
      warnings: [],
    },
  },
  new Date('2026-01-01T00:00:00Z'),
);
const result = { objects: [Uint8Array.of(1, 2, 3), Uint8Array.of(4)], event };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-spool-'));
});

describe('the spool', () => {
  test('keeps a result over a restart until it is delivered', async () => {
    await new Spool(folder).put(key, result);
    const found = await new Spool(folder).get(key);
    expect(found?.event).toEqual(event);
    expect(found?.objects.map((object) => [...object])).toEqual([[1, 2, 3], [4]]);
    await new Spool(folder).delete(key);
    expect(await new Spool(folder).get(key)).toBeUndefined();
    expect(await readdir(folder)).toEqual([]);
  });

  test('an object without its event, as a crash leaves it, is no result', async () => {
    await writeFile(path.join(folder, `${key}.0.dcm`), 'half');
    await writeFile(path.join(folder, `${key}.json.part`), '{');
    expect(await new Spool(folder).get(key)).toBeUndefined();
  });

  test.each([
    ['an object that was changed', '0.dcm', 'other bytes'],
    ['a note that is cut off', 'json', '{"schema":'],
    ['a note of another program', 'json', '{"schema":"spool/7"}'],
  ])('%s is no result: it is made again', async (_title, name, content) => {
    const spool = new Spool(folder);
    await spool.put(key, result);
    await writeFile(path.join(folder, `${key}.${name}`), content);
    expect(await spool.get(key)).toBeUndefined();
    await spool.put(key, result);
    expect((await spool.get(key))?.event).toEqual(event);
  });

  test.each([
    ['as it was put', []],
    ['with a note that is cut off', [['json', '{"schema":']]],
    ['with an object that was changed', [['0.dcm', 'other bytes']]],
    [
      'with what a crash left of writing it',
      [
        ['json.part', '{'],
        ['2.dcm.part', 'half'],
      ],
    ],
    ['with the objects of a longer result before it', [['2.dcm', 'older']]],
  ] as const)('everything of a job is deleted, %s, and nothing of another', async (_title, files) => {
    const spool = new Spool(folder);
    const other = jobKey({ sources: ['1.3'], task: 't', bundles: [], resultVersion: '1' });
    await spool.put(key, result);
    await spool.put(other, { ...result, event: { ...event, key: other } });
    for (const [name, content] of files) await writeFile(path.join(folder, `${key}.${name}`), content);
    await spool.delete(key);
    expect((await readdir(folder)).toSorted()).toEqual([`${other}.0.dcm`, `${other}.1.dcm`, `${other}.json`]);
    expect(await spool.get(other)).toBeDefined();
  });

  test('nothing to delete is no fault, even without the folder', async () => {
    await expect(new Spool(path.join(folder, 'absent')).delete(key)).resolves.toBeUndefined();
  });

  test('names the jobs of which it holds anything, and nothing else', async () => {
    const spool = new Spool(folder);
    expect(await new Spool(path.join(folder, 'absent')).keys()).toEqual([]);
    await spool.put(key, result);
    for (const name of [`${'b'.repeat(64)}.0.dcm.part`, 'source-1', 'lost+found', '.nfs0'])
      await writeFile(path.join(folder, name), '');
    expect((await spool.keys()).toSorted()).toEqual([key, 'b'.repeat(64)].toSorted());
  });

  test('a result that was set aside is found by a replay, over a restart, and has waited for nothing then', async () => {
    const before = new Date(Date.now() - 1000);
    await new Spool(folder).put(key, result);
    for (const name of await readdir(folder)) await utimes(path.join(folder, name), new Date(0), new Date(0));
    await new Spool(folder).setAside(key);
    await new Spool(folder).setAside(key);
    const found = await new Spool(folder).get(key);
    expect(found?.event).toEqual(event);
    expect(found?.since.getTime()).toBeGreaterThan(before.getTime());
    // From then on it waits as any other.
    const again = await new Spool(folder).get(key);
    expect(again?.since).toEqual(found?.since);
    await new Spool(folder).delete(key);
    expect(await readdir(folder)).toEqual([]);
  });

  test('what a crash left is not kept for a job that was set aside', async () => {
    for (const name of ['0.dcm', '1.dcm.part']) await writeFile(path.join(folder, `${key}.${name}`), 'half');
    await new Spool(folder).setAside(key);
    expect(await readdir(folder)).toEqual([]);
  });

  test('what lies there is for the owner alone', async () => {
    await new Spool(folder).put(key, result);
    for (const name of await readdir(folder)) expect((await stat(path.join(folder, name))).mode & 0o777).toBe(0o600);
  });

  test('a folder that cannot be written is named, and tried again later', async () => {
    const file = path.join(folder, 'taken');
    await writeFile(file, '');
    await expect(new Spool(file).put(key, result)).rejects.toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
      retryable: true,
      message: expect.stringContaining(file),
    });
  });
});
