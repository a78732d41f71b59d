import { readdir } from 'node:fs/promises';
import { parsePart10, text } from '@maskwright/dicom';
import type { Archive } from '@maskwright/dicomweb';
import { decodeSeg, resultLineage, segUids, srUids } from '@maskwright/result';
import { beforeEach, describe, expect, test } from 'vitest';
import { lateralOf } from '../../test/support/lateral.ts';
import { phantomFile } from '../../test/support/starter-models.ts';
import { accepts, archiveWith, depsOf, image, job, jobOf, models, newSpool } from './polyp-job.ts';
import { processJob } from './process-job.ts';
import type { Spool } from './spool.ts';

const { signal } = new AbortController();
let spool: Spool;
let spoolFolder: string;
beforeEach(async () => {
  ({ spool, folder: spoolFolder } = await newSpool());
});
const deps = (archive: Archive) => depsOf(archive, spool);
const run = (archive: Archive) => processJob(deps(archive), job, signal);

describe('a job', () => {
  test('ends stored, under the UIDs of its key, with the words and the reason', async () => {
    const archive = archiveWith([image], accepts);
    const { state } = await run(archive);
    expect(state).toMatchObject({
      kind: 'stored',
      sopInstanceUIDs: [segUids(job.key, 1, resultLineage(job)).sopInstanceUID],
      result: {
        model: expect.stringMatching(/^starter-/),
        segments: [{ target: 'polyp', promptType: 'P7' }],
        provenance: { bundle: 'starter-vlsm', modality: 'ES', device: 'Phantom generator', site: 'other' },
      },
    });
    expect(archive.stored).toHaveLength(1);
  });

  test('masks the images of its series that its task selects, and warns of the others', async () => {
    const frontal = await phantomFile('chest-pa-cr-01');
    const { state } = await processJob(
      deps(archiveWith([lateralOf(frontal), frontal], accepts)),
      { ...jobOf(frontal), task: 'chest-xray' },
      signal,
    );
    const warning = expect.stringMatching(/^1 of 2 images .* left out: ViewPosition says lateral$/);
    expect(state).toMatchObject({ kind: 'stored', result: { warnings: expect.arrayContaining([warning]) } });
  });

  test.each([
    ['stored', 'Polyp; el pólipo'],
    ['needs-person', 'el corazón'],
  ])('of a person ends %s with the words as they were written, all of them: %j', async (kind, prompt) => {
    const { state } = await processJob(deps(archiveWith([image], accepts)), { ...job, prompt }, signal);
    expect(state).toMatchObject({ kind, result: { words: prompt, madeAt: '2026-01-01T00:00:00.000Z' } });
  });

  test('with reports also ends with what was measured, and both objects are stored together', async () => {
    const archive = archiveWith([image], accepts);
    const reports = { ...deps(archive), results: { sr: true, empty: 'seg' } as const };
    const { state } = await processJob(reports, job, signal);
    expect(state).toMatchObject({
      kind: 'stored',
      sopInstanceUIDs: [segUids(job.key, 1).sopInstanceUID, srUids(job.key).sopInstanceUID],
      result: {
        segments: [
          {
            measurements: [
              { name: 'area', unit: '{pixels}' },
              { name: 'long axis', unit: '{pixels}' },
              { name: 'short axis', unit: '{pixels}' },
            ],
          },
        ],
      },
    });
    expect(archive.stored.map((file) => text(parsePart10(file).dataset, 'Modality'))).toEqual(['SEG', 'SR']);
  });

  test('writes probabilities where the site wants fractional objects; a mask is what is above one threshold, that of its class or a lower one', async () => {
    const [binary, fractional] = [archiveWith([image], accepts), archiveWith([image], accepts)];
    await run(binary);
    await spool.delete(job.key);
    const results = { sr: false, empty: 'seg', seg: { form: 'fractional' } } as const;
    await processJob({ ...deps(fractional), results }, job, signal);
    const [whole, graded] = [binary, fractional].map(({ stored: [file = new Uint8Array()] }) => parsePart10(file));
    expect(graded && text(graded.dataset, 'SegmentationType')).toBe('FRACTIONAL');
    expect(new Set(graded?.pixelData?.[0]).size).toBeGreaterThan(50);
    const mask = (whole && decodeSeg(whole).segments[0]?.frames[0]?.data) ?? new Uint8Array();
    const probabilities = graded?.pixelData?.[0] ?? new Uint8Array();
    const { threshold } = models.vlsm.bundle.rule('polyp', 'polyp');
    expect(models.conventional.bundle.rule('polyp', 'polyp').threshold).toBe(threshold);
    const shades = Array.from({ length: Math.floor(255 * threshold) + 1 }, (_, shade) => shade);
    const marked = mask.filter(Boolean).length;
    // Kept in steps of 1/255, so that a pixel at the very threshold may fall to the other side.
    const apart = (shade: number) => mask.filter((one, at) => one !== Number((probabilities[at] ?? 0) > shade)).length;
    expect(marked).toBeGreaterThan(1000);
    expect(Math.min(...shades.map(apart))).toBeLessThan(marked / 100);
  });

  test('gives the same bytes each time', async () => {
    const [one, two] = [archiveWith([image], accepts), archiveWith([image], accepts)];
    await run(one);
    await spool.delete(job.key);
    await run(two);
    expect(Buffer.from(one.stored[0] ?? []).equals(two.stored[0] ?? new Uint8Array())).toBe(true);
  });

  test('an image that is nothing but black needs a person, and no SEG is written', async () => {
    const black = Uint8Array.from(image);
    black.fill(0, black.length - (parsePart10(image).pixelData?.[0]?.length ?? 0));
    const archive = archiveWith([black], accepts);
    const { state } = await run(archive);
    expect(state.kind).toBe('needs-person');
    expect(archive.stored).toEqual([]);
    expect(await readdir(spoolFolder)).toEqual([]);
  });
});
