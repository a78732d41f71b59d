import type { Catalogue, Site } from '@maskwright/catalogue';
import { hasMatrix, type Instance } from '@maskwright/dicom';
import type { Archive, InstanceEntry } from '@maskwright/dicomweb';
import { MaskwrightError } from '@maskwright/errors';
import { type BundleDigest, eventOf, type Job, type JobEvent, jobFor } from '@maskwright/queue';
import { resultLineage, viewerLimits } from '@maskwright/result';
import type { Telemetry } from '@maskwright/telemetry';
import { deliver } from './deliver.ts';
import { encodeResult, type ResultOptions, SEG_ONLY } from './encode-result.ts';
import type { Reached } from './fail-points.ts';
import { fetchSeries, listSeries, mustBeThere } from './fetch-series.ts';
import type { Models } from './infer.ts';
import { headerOf, promptsFor } from './prompts-for.ts';
import { provenanceOf } from './provenance.ts';
import { segmentSource } from './segment-source.ts';
import { sourceOfTask } from './source-of-task.ts';
import type { Spool, SpooledResult } from './spool.ts';
import { summaryOf } from './summary.ts';
import { versionAfter } from './version-after.ts';

export interface SegmenterDeps {
  readonly archive: Archive;
  /** Where results go; default: the archive that the images come from. */
  readonly target?: Archive | undefined;
  readonly catalogue: Catalogue;
  /** The models of a task, loaded once. */
  readonly modelsFor: (task: {
    readonly models: { readonly vlsm: string; readonly conventional: string };
  }) => Promise<Models>;
  /** What is written for a result; default: a SEG. */
  readonly results?: ResultOptions | undefined;
  /** Sites whose results are counted apart; default: none. */
  readonly sites?: readonly Site[] | undefined;
  readonly spool: Spool;
  /** Digests of the models: with them a job whose images are no longer those that it was made for is recognised. */
  readonly bundleDigest?: BundleDigest | undefined;
  readonly telemetry: Telemetry;
  readonly now: () => Date;
  /** Told of each stage as it is reached; the fault suite ends the process there. */
  readonly reached?: Reached | undefined;
}

/**
 * One job, stage by stage: fetch → decode → prompt → infer → assess → encode → deliver.
 * Every stage gives the same output for the same job, and the archive takes the same object twice: running it again is safe.
 * @returns the event that ends the job, to be appended to the log
 * @throws MaskwrightError retryable: try the job again; else: set it aside
 */
export async function processJob(deps: SegmenterDeps, job: Job, signal: AbortSignal): Promise<JobEvent> {
  const waiting = await deps.spool.get(job.key);
  const result = waiting ?? (await makeResult(deps, job, signal));
  const { objects, event } = result;
  if (objects.length === 0) return event;
  if (!waiting) await deps.spool.put(job.key, { objects, event });
  deps.reached?.('spooled');
  // Nothing is sent of a study that was deleted meanwhile, for it would be there again.
  const other = await deps.telemetry.span('list', {}, async () => {
    if (waiting) return changedWhileWaiting(deps, job, signal);
    await mustBeThere(deps.archive, job, signal);
    return undefined;
  });
  if (other) return other.event;
  const waitedMs = waiting ? deps.now().getTime() - waiting.since.getTime() : 0;
  await deps.telemetry.span('deliver', {}, () =>
    deliver(deps.target ?? deps.archive, { objects, again: waiting !== undefined, waitedMs }, signal),
  );
  deps.reached?.('delivered');
  // What waited is true only now, and later than that the job was begun again.
  return { ...event, at: deps.now().toISOString() };
}

async function makeResult(deps: SegmenterDeps, job: Job, signal: AbortSignal): Promise<SpooledResult> {
  const { archive, telemetry } = deps;
  const listed = await telemetry.span('list', {}, () => listSeries(archive, job, signal));
  // What an archive lists need not tell how large an image is.
  const early = job.matrix === undefined ? supersededBy(deps, job, listed) : undefined;
  if (early) return early;
  const file = await deps.spool.sources.open();
  try {
    const instances = await telemetry.span('fetch', {}, () => fetchSeries(archive, job, listed, file, signal));
    deps.reached?.('fetched');
    const images = imagesOfJob(job, [...listed, ...instances]);
    return supersededBy(deps, job, images) ?? (await segment(deps, job, instances, signal));
  } finally {
    await file.close();
  }
}

async function segment(
  deps: SegmenterDeps,
  job: Job,
  instances: readonly Instance[],
  signal: AbortSignal,
): Promise<SpooledResult> {
  const { telemetry } = deps;
  const task = deps.catalogue.task(job.task);
  const source = sourceOfTask(deps.catalogue, task, instances, job.matrix);
  const models = await deps.modelsFor(task);
  const { classes } = models.vlsm.bundle.manifest;
  const asked = job.prompt === undefined ? undefined : { words: job.prompt, classes };
  const prompts = promptsFor(deps.catalogue, task, headerOf(source), asked);
  const segmented = await telemetry.span('infer', { attributes: { frames: source.frames.length } }, () =>
    segmentSource(models, { source, task, prompts, signal, probabilities: deps.results?.seg?.form === 'fractional' }),
  );
  deps.reached?.('inferred');
  const at = deps.now();
  const { model, segments, assessment } = segmented;
  const provenance = provenanceOf(source.dataset, models.vlsm.bundle, deps.sites ?? []);
  const told = { madeAt: at.toISOString(), ...(job.prompt === undefined ? {} : { words: job.prompt }) };
  if (!model) {
    const result = { ...summaryOf(segmented, [], provenance), ...told };
    return { objects: [], event: eventOf(job, { kind: 'needs-person', result }, at) };
  }
  const { objects, measurements } = await telemetry.span('encode', {}, () =>
    encodeResult(
      {
        key: job.key,
        lineage: resultLineage(job),
        versionOf: (uids) => versionAfter(deps.target ?? deps.archive, job.study, uids, signal),
        source,
        segments,
        algorithm: { name: model.id, version: model.version },
        assessment: assessment.reason,
        at,
        task: task.id,
        seriesDescription: job.prompt === undefined ? task.title : `${task.title} (reader's words)`,
      },
      deps.results ?? SEG_ONLY,
    ),
  );
  deps.reached?.('encoded');
  const limits = viewerLimits({ source, segments, style: deps.results?.seg });
  const warned = { ...segmented, warnings: [...segmented.warnings, ...limits] };
  const sopInstanceUIDs = objects.map(({ sopInstanceUID }) => sopInstanceUID);
  const result = { ...summaryOf(warned, measurements, provenance), ...told };
  return {
    objects: objects.map(({ file }) => file),
    event: eventOf(job, { kind: 'stored', sopInstanceUIDs, result }, at),
  };
}

/** It may have waited for days. @throws MaskwrightError SOURCE_GONE */
async function changedWhileWaiting(deps: SegmenterDeps, job: Job, signal: AbortSignal) {
  const listed = await listSeries(deps.archive, job, signal);
  return job.matrix === undefined ? supersededBy(deps, job, listed) : undefined;
}

/** @throws MaskwrightError SOURCE_GONE where none is left of the job's size */
function imagesOfJob<One extends Pick<InstanceEntry, 'dataset'>>({ series, matrix }: Job, all: readonly One[]): One[] {
  const images = all.filter(({ dataset }) => hasMatrix(dataset, matrix));
  if (images.length === 0)
    throw new MaskwrightError('SOURCE_GONE', `series ${series} has no image of ${matrix} pixels`);
  return images;
}

/**
 * Where the series as it is now has another job: images came late, or went. The result of this one would be called after
 * images that it is not of, and contradict the other's.
 */
function supersededBy(
  { catalogue, bundleDigest, now }: SegmenterDeps,
  job: Job,
  images: readonly Pick<Instance, 'sopInstanceUID'>[],
): SpooledResult | undefined {
  if (!bundleDigest) return undefined;
  const { key, study, series, task, matrix, lane, prompt } = job;
  const sources = [...new Set(images.map(({ sopInstanceUID }) => sopInstanceUID))];
  const { key: by } = jobFor(
    { study, series, sources, task: catalogue.task(task), matrix, lane, prompt },
    bundleDigest,
  );
  return by === key ? undefined : { objects: [], event: eventOf(job, { kind: 'superseded', by }, now()) };
}
