import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
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
const result = { part10: Uint8Array.of(1, 2, 3), event };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-spool-'));
});

describe('the spool', () => {
  test('keeps a result over a restart until it is delivered', async () => {
    await new Spool(folder).put(key, result);
    const found = await new Spool(folder).get(key);
    expect(found?.event).toEqual(event);
    expect([...(found?.part10 ?? [])]).toEqual([1, 2, 3]);
    await new Spool(folder).delete(key);
    expect(await new Spool(folder).get(key)).toBeUndefined();
    expect(await readdir(folder)).toEqual([]);
  });

  test('an object without its event, as a crash leaves it, is no result', async () => {
    await writeFile(path.join(folder, `${key}.dcm`), 'half');
    await writeFile(path.join(folder, `${key}.json.part`), '{');
    expect(await new Spool(folder).get(key)).toBeUndefined();
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
