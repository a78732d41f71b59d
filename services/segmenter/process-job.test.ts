import { mkdtemp, readdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type Catalogue, loadCatalogue } from '@maskwright/catalogue';
import { type Instance, type Matrix, matrixOf, parsePart10, text } from '@maskwright/dicom';
import { type Archive, oneChunk, type StoreOutcome } from '@maskwright/dicomweb';
import { MaskwrightError } from '@maskwright/errors';
import { type Job, jobFor } from '@maskwright/queue';
import { decodeSeg, resultLineage, segUids, srUids } from '@maskwright/result';
import { startTelemetry } from '@maskwright/telemetry';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { lateralOf } from '../../test/support/lateral.ts';
import { repositoryRoot } from '../../test/support/needs.ts';
import { withOtherUid } from '../../test/support/other-uid.ts';
import { shorterOf } from '../../test/support/shorter.ts';
import { phantomFile, starterModels } from '../../test/support/starter-models.ts';
import type { Models } from './infer.ts';
import { processJob, type SegmenterDeps } from './process-job.ts';
import { Spool } from './spool.ts';

const telemetry = startTelemetry({ service: 'test', version: '0', logLevel: 'silent' });
let catalogue: Catalogue;
let models: Models;
let image: Uint8Array;
let instance: Instance;
let job: Job;
let spool: Spool;
let spoolFolder: string;

beforeAll(async () => {
  catalogue = await loadCatalogue(path.join(repositoryRoot, 'catalogue'));
  models = await starterModels();
  image = await phantomFile('endoscopy-04');
  instance = parsePart10(image);
  const { studyInstanceUID: study, seriesInstanceUID: series, sopInstanceUID } = instance;
  const request = { study, series, sources: [sopInstanceUID], task: catalogue.task('polyp'), lane: 'routine' } as const;
  const digests = new Map([models.vlsm, models.conventional].map(({ bundle }) => [bundle.id, bundle.digest]));
  job = jobFor(request, (id) => digests.get(id) ?? '');
}, 60_000);
beforeEach(async () => {
  spoolFolder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-job-'));
  spool = new Spool(spoolFolder);
});

interface FakeArchive extends Archive {
  fetched: number;
  readonly stored: Uint8Array[];
}

/** An archive with these files that answers STOW-RS as it is told. */
function archiveWith(files: readonly Uint8Array[], answer: (file: Uint8Array) => StoreOutcome): FakeArchive {
  const unused = () => {
    throw new Error('not used here');
  };
  const archive: FakeArchive = {
    fetched: 0,
    stored: [],
    searchStudies: unused,
    searchSeries: unused,
    searchInstances: async (_study, series) =>
      files.map((file) => parsePart10(file)).filter(({ seriesInstanceUID }) => seriesInstanceUID === series),
    retrieveMetadata: unused,
    retrieveInstance: unused,
    retrieveFrames: unused,
    describeInstances: async () => files.map((file) => parsePart10(file)),
    async *retrieveFiles(_study, _series, only) {
      archive.fetched++;
      const wanted = files.filter((file) => !only || only.includes(parsePart10(file).sopInstanceUID));
      for (const file of wanted) yield oneChunk(file);
    },
    async store(results) {
      const outcomes = results.map(answer);
      archive.stored.push(...results);
      return outcomes;
    },
  };
  return archive;
}
const accepts = (file: Uint8Array): StoreOutcome => ({
  sopInstanceUID: parsePart10(file).sopInstanceUID,
  stored: true,
});
const deps = (archive: Archive): SegmenterDeps => ({
  archive,
  catalogue,
  modelsFor: async () => models,
  spool,
  telemetry,
  now: () => new Date('2026-01-01T00:00:00Z'),
});
const { signal } = new AbortController();
const bundleDigest = (id: string) => id;
/** The job of this image, alone in its series, or the one that is as large as it. */
function jobOf(file: Uint8Array, matrix?: Matrix): Job {
  const { studyInstanceUID: study, seriesInstanceUID: series, sopInstanceUID } = parsePart10(file);
  const request = { study, series, sources: [sopInstanceUID], task: catalogue.task('polyp'), lane: 'routine' } as const;
  return jobFor({ ...request, matrix }, bundleDigest);
}
const jobOfSize = (file: Uint8Array) => jobOf(file, matrixOf(parsePart10(file).dataset));
const run = (archive: Archive) => processJob(deps(archive), job, new AbortController().signal);

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
      new AbortController().signal,
    );
    const warning = expect.stringMatching(/^1 of 2 images .* left out: ViewPosition says lateral$/);
    expect(state).toMatchObject({ kind: 'stored', result: { warnings: expect.arrayContaining([warning]) } });
  });

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

  test.each([
    ['stored', 'Polyp; el pólipo'],
    ['needs-person', 'el corazón'],
  ])('of a person ends %s with the words as they were written, all of them: %j', async (kind, prompt) => {
    const { state } = await processJob(
      deps(archiveWith([image], accepts)),
      { ...job, prompt },
      new AbortController().signal,
    );
    expect(state).toMatchObject({ kind, result: { words: prompt, madeAt: '2026-01-01T00:00:00.000Z' } });
  });

  test('with reports also ends with what was measured, and both objects are stored together', async () => {
    const archive = archiveWith([image], accepts);
    const reports = { ...deps(archive), results: { sr: true, empty: 'seg' } as const };
    const { state } = await processJob(reports, job, new AbortController().signal);
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
    await processJob({ ...deps(fractional), results }, job, new AbortController().signal);
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
    const attempt = (archive: Archive) =>
      processJob({ ...deps(listening(archive)), results: all }, job, new AbortController().signal);
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

  test('gives the same bytes each time', async () => {
    const [one, two] = [archiveWith([image], accepts), archiveWith([image], accepts)];
    await run(one);
    await spool.delete(job.key);
    await run(two);
    expect(Buffer.from(one.stored[0] ?? []).equals(two.stored[0] ?? new Uint8Array())).toBe(true);
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

  test('a job whose images are no longer those that it was made for is superseded, without a result', async () => {
    const archive = archiveWith([image], accepts);
    const judged = { ...deps(archive), bundleDigest: (id: string) => id };
    const { state } = await processJob(judged, job, new AbortController().signal);
    expect(state).toMatchObject({ kind: 'superseded', by: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(archive.stored).toEqual([]);
    expect(archive.fetched).toBe(0);
  });

  test('an image that is nothing but black needs a person, and no SEG is written', async () => {
    const black = Uint8Array.from(image);
    black.fill(0, black.length - (instance.pixelData?.[0]?.length ?? 0));
    const archive = archiveWith([black], accepts);
    const { state } = await run(archive);
    expect(state.kind).toBe('needs-person');
    expect(archive.stored).toEqual([]);
    expect(await readdir(spoolFolder)).toEqual([]);
  });
});
