import { parsePart10, text } from '@maskwright/dicom';
import type { Archive } from '@maskwright/dicomweb';
import { MaskwrightError } from '@maskwright/errors';
import { beforeEach, describe, expect, test } from 'vitest';
import { withOtherUid } from '../../test/support/other-uid.ts';
import { accepts, archiveWith, bundleDigest, depsOf, image, job, jobOf, newSpool } from './polyp-job.ts';
import { processJob } from './process-job.ts';
import type { Spool } from './spool.ts';

const { signal } = new AbortController();
let spool: Spool;
beforeEach(async () => {
  ({ spool } = await newSpool());
});
const deps = (archive: Archive) => depsOf(archive, spool);
const run = (archive: Archive) => processJob(deps(archive), job, signal);

describe('the result of a job', () => {
  test('with pictures stores all its objects at once, after an outage and made anew the same ones', async () => {
    const all = { sr: true, keyImage: true, presentationState: true, empty: 'seg' } as const;
    const batches: (readonly Uint8Array[])[] = [];
    const listening = (archive: Archive): Archive => ({
      ...archive,
      store: (files, signal) => {
        batches.push(files);
        return archive.store(files, signal);
      },
    });
    const away = archiveWith([image], () => {
      throw new MaskwrightError('ARCHIVE_UNREACHABLE', 'away');
    });
    const attempt = (archive: Archive) => processJob({ ...deps(listening(archive)), results: all }, job, signal);
    await expect(attempt(away)).rejects.toMatchObject({ code: 'ARCHIVE_UNREACHABLE' });
    const { state } = await attempt(archiveWith([image], accepts));
    await spool.delete(job.key);
    await attempt(archiveWith([image], accepts));
    const [first = [], ...others] = batches;
    const written = first.map((file) => parsePart10(file));
    expect(written.map(({ dataset }) => text(dataset, 'Modality'))).toEqual(['SEG', 'OT', 'PR', 'SR']);
    expect(state).toMatchObject({ sopInstanceUIDs: written.map(({ sopInstanceUID }) => sopInstanceUID) });
    expect(others.map((files) => files.map((file, at) => Buffer.compare(file, first[at] ?? new Uint8Array())))).toEqual(
      [
        [0, 0, 0, 0],
        [0, 0, 0, 0],
      ],
    );
  });

  test('an outage at delivery costs no second inference', async () => {
    const away = archiveWith([image], () => {
      throw new MaskwrightError('ARCHIVE_UNREACHABLE', 'away');
    });
    await expect(run(away)).rejects.toMatchObject({ code: 'ARCHIVE_UNREACHABLE', retryable: true });
    const back = archiveWith([image], accepts);
    const later = new Date('2026-01-01T01:00:00Z');
    const { state, at } = await processJob({ ...deps(back), now: () => later }, job, signal);
    expect(state).toMatchObject({ kind: 'stored', result: { madeAt: '2026-01-01T00:00:00.000Z' } });
    expect(at).toBe(later.toISOString());
    expect(back.fetched).toBe(0);
  });

  test.each([
    ['gone, nothing is delivered', () => [], { code: 'SOURCE_GONE', retryable: false }],
    ['others, it is superseded', () => [image, withOtherUid(image)], { kind: 'superseded' }],
  ])('where the images of a result that waited are %s', async (_, left, end) => {
    const own = jobOf(image);
    const away = archiveWith([image], () => {
      throw new MaskwrightError('ARCHIVE_UNREACHABLE', 'away');
    });
    const judged = (archive: Archive) => processJob({ ...deps(archive), bundleDigest }, own, signal);
    await expect(judged(away)).rejects.toMatchObject({ code: 'ARCHIVE_UNREACHABLE' });
    const back = archiveWith(left(), accepts);
    const ended = await judged(back).then(
      ({ state }) => state,
      (error: unknown) => error,
    );
    expect(ended).toMatchObject(end);
    expect(back.stored).toEqual([]);
  });

  test('a result whose study was deleted while it was made is not delivered', async () => {
    const archive = { ...archiveWith([image], accepts), searchInstances: async () => [] };
    const [described, none] = [archive.describeInstances, async () => []];
    archive.describeInstances = (...asked) => {
      archive.describeInstances = none;
      return described(...asked);
    };
    await expect(run(archive)).rejects.toMatchObject({ code: 'SOURCE_GONE' });
    expect(archive.stored).toEqual([]);
  });

  test('a series whose images are gone is set aside by that name', async () => {
    await expect(run(archiveWith([], accepts))).rejects.toMatchObject({ code: 'SOURCE_GONE', retryable: false });
  });
});
