import type { Catalogue, Site } from '@maskwright/catalogue';
import type { Instance } from '@maskwright/dicom';
import type { Archive, InstanceEntry } from '@maskwright/dicomweb';
import { type BundleDigest, eventOf, type Job, type JobEvent } from '@maskwright/queue';
import { resultLineage, viewerLimits } from '@maskwright/result';
import type { Telemetry } from '@maskwright/telemetry';
import { deliver } from './deliver.ts';
import { encodeResult, type ResultOptions, SEG_ONLY } from './encode-result.ts';
import type { Reached } from './fail-points.ts';
import { fetchSeries, listSeries, stillThere } from './fetch-series.ts';
import type { Models } from './infer.ts';
import { headerOf, promptsFor } from './prompts-for.ts';
import { provenanceOf } from './provenance.ts';
import { segmentSource } from './segment-source.ts';
import { sourceOfTask } from './source-of-task.ts';
import type { Spool, SpooledResult } from './spool.ts';
import { summaryOf } from './summary.ts';
import { insteadOf } from './superseded.ts';
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
 * @param onSuperseded told of the jobs that have taken its place, where that is how it ends
 * @returns the event that ends the job, to be appended to the log
 * @throws MaskwrightError retryable: try the job again; else: set it aside
 */
export async function processJob(
  deps: SegmenterDeps,
  job: Job,
  signal: AbortSignal,
  onSuperseded: (by: readonly Job[]) => void = () => undefined,
): Promise<JobEvent> {
  const superseded: Superseded = (images) => {
    const by = insteadOf(deps, job, images);
    if (!by) return undefined;
    onSuperseded(by);
    return eventOf(job, { kind: 'superseded', by: by[0].key }, deps.now());
  };
  const waiting = await deps.spool.get(job.key);
  const result = waiting ?? (await makeResult(deps, job, superseded, signal));
  const { objects, event } = result;
  if (objects.length === 0) return event;
  if (!waiting) await deps.spool.put(job.key, { objects, event });
  deps.reached?.('spooled');
  // Nothing is sent of a study that was deleted meanwhile, for it would be there again. What goes elsewhere does not bring it
  // back, and a gateway keeps its images for a short time only.
  if ((deps.target ?? deps.archive) === deps.archive) {
    const listed = await deps.telemetry.span('list', {}, () =>
      waiting ? listSeries(deps.archive, job, signal) : stillThere(deps.archive, job, signal),
    );
    // It may have waited for days.
    const other = waiting && superseded(listed);
    if (other) return other;
  }
  const waitedMs = waiting ? deps.now().getTime() - waiting.since.getTime() : 0;
  await deps.telemetry.span('deliver', {}, () =>
    deliver(deps.target ?? deps.archive, { objects, again: waiting !== undefined, waitedMs }, signal),
  );
  deps.reached?.('delivered');
  // What waited is true only now, and later than that the job was begun again.
  return { ...event, at: deps.now().toISOString() };
}

/** The event that ends a job of which the series has become another; undefined where it has not. */
type Superseded = (images: readonly InstanceEntry[]) => JobEvent | undefined;

async function makeResult(
  deps: SegmenterDeps,
  job: Job,
  superseded: Superseded,
  signal: AbortSignal,
): Promise<SpooledResult> {
  const { archive, telemetry } = deps;
  const listed = await telemetry.span('list', {}, () => listSeries(archive, job, signal));
  const early = superseded(listed);
  if (early) return { objects: [], event: early };
  const file = await deps.spool.sources.open();
  try {
    const instances = await telemetry.span('fetch', {}, () => fetchSeries(archive, job, listed, file, signal));
    deps.reached?.('fetched');
    const late = superseded([...listed, ...instances]);
    return late ? { objects: [], event: late } : await segment(deps, job, instances, signal);
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
