import { matrixOf, parsePart10 } from '@maskwright/dicom';
import type { Archive } from '@maskwright/dicomweb';
import type { Job } from '@maskwright/queue';
import { decodeSeg } from '@maskwright/result';
import { beforeEach, describe, expect, test } from 'vitest';
import { withOtherUid } from '../../test/support/other-uid.ts';
import { shorterOf } from '../../test/support/shorter.ts';
import { accepts, archiveWith, bundleDigest, depsOf, image, job, jobOf, jobOfSize, newSpool } from './polyp-job.ts';
import { processJob } from './process-job.ts';
import type { Spool } from './spool.ts';

const { signal } = new AbortController();
let spool: Spool;
beforeEach(async () => {
  ({ spool } = await newSpool());
});
const deps = (archive: Archive) => depsOf(archive, spool);

describe('a job whose images may be others by now', () => {
  test.each([
    ['masks the images of that size', 'shorter', { kind: 'stored' }],
    ['is superseded where another of that size has come', 'two shorter', { kind: 'superseded' }],
  ])('of one of two sizes %s', async (_, which, ended) => {
    const shorter = shorterOf(image);
    const archive = archiveWith([image, shorter, ...(which === 'shorter' ? [] : [withOtherUid(shorter)])], accepts);
    const { state } = await processJob({ ...deps(archive), bundleDigest }, jobOfSize(shorter), signal);
    expect(state).toMatchObject(ended);
    const [rows, columns] = matrixOf(parsePart10(shorter).dataset)?.split('x').map(Number) ?? [];
    const sizes = archive.stored.map((file) => decodeSeg(parsePart10(file)));
    expect(sizes).toMatchObject(ended.kind === 'stored' ? [{ rows, columns }] : []);
  });

  test('of a size of which no image is left is superseded by that of the others', async () => {
    const archive = archiveWith([image], accepts);
    const { state } = await processJob({ ...deps(archive), bundleDigest }, jobOfSize(shorterOf(image)), signal);
    expect(state).toEqual({ kind: 'superseded', by: jobOf(image).key });
    expect(archive.stored).toEqual([]);
  });

  test('of all images is superseded by one a size, where an image of another size has come', async () => {
    const archive = archiveWith([image, shorterOf(image)], accepts);
    const by: Job[] = [];
    const { state } = await processJob({ ...deps(archive), bundleDigest }, jobOf(image), signal, (jobs) =>
      by.push(...jobs),
    );
    expect(by).toEqual([jobOfSize(image), jobOfSize(shorterOf(image))]);
    expect(state).toEqual({ kind: 'superseded', by: by[0]?.key });
  });

  test('a job whose images are no longer those that it was made for is superseded, without a result', async () => {
    const archive = archiveWith([image], accepts);
    const judged = { ...deps(archive), bundleDigest: (id: string) => id };
    const { state } = await processJob(judged, job, signal);
    expect(state).toMatchObject({ kind: 'superseded', by: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(archive.stored).toEqual([]);
    expect(archive.fetched).toBe(0);
  });
});
