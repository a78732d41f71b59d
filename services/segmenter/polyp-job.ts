/** For tests: a job on one image, the starter models, and an archive that answers as it is told. */
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { loadCatalogue } from '@maskwright/catalogue';
import { type Matrix, matrixOf, parsePart10 } from '@maskwright/dicom';
import { type Archive, oneChunk, type StoreOutcome } from '@maskwright/dicomweb';
import { type Job, jobFor } from '@maskwright/queue';
import { startTelemetry } from '@maskwright/telemetry';
import { repositoryRoot } from '../../test/support/needs.ts';
import { phantomFile, starterModels } from '../../test/support/starter-models.ts';
import type { SegmenterDeps } from './process-job.ts';
import { Spool } from './spool.ts';

const catalogue = await loadCatalogue(path.join(repositoryRoot, 'catalogue'));
const telemetry = startTelemetry({ service: 'test', version: '0', logLevel: 'silent' });
export const models = await starterModels();
export const image = await phantomFile('endoscopy-04');
export const bundleDigest = (id: string) => id;

/** The job of this image, alone in its series, or the one that is as large as it. */
export function jobOf(file: Uint8Array, matrix?: Matrix, digest = bundleDigest): Job {
  const { studyInstanceUID: study, seriesInstanceUID: series, sopInstanceUID } = parsePart10(file);
  const request = { study, series, sources: [sopInstanceUID], task: catalogue.task('polyp'), lane: 'routine' } as const;
  return jobFor({ ...request, matrix }, digest);
}
export const jobOfSize = (file: Uint8Array) => jobOf(file, matrixOf(parsePart10(file).dataset));

const digests = new Map([models.vlsm, models.conventional].map(({ bundle }) => [bundle.id, bundle.digest]));
export const job = jobOf(image, undefined, (id) => digests.get(id) ?? '');

export async function newSpool(): Promise<{ readonly spool: Spool; readonly folder: string }> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-job-'));
  return { spool: new Spool(folder), folder };
}

export function depsOf(archive: Archive, spool: Spool): SegmenterDeps {
  return {
    archive,
    catalogue,
    modelsFor: async () => models,
    spool,
    telemetry,
    now: () => new Date('2026-01-01T00:00:00Z'),
  };
}

export interface FakeArchive extends Archive {
  fetched: number;
  readonly stored: Uint8Array[];
}

/** An archive with these files that answers STOW-RS as it is told. */
export function archiveWith(files: readonly Uint8Array[], answer: (file: Uint8Array) => StoreOutcome): FakeArchive {
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
export const accepts = (file: Uint8Array): StoreOutcome => ({
  sopInstanceUID: parsePart10(file).sopInstanceUID,
  stored: true,
});
