import type { Catalogue } from '@maskwright/catalogue';
import type { Instance } from '@maskwright/dicom';
import type { Archive } from '@maskwright/dicomweb';
import { MaskwrightError } from '@maskwright/errors';
import { assembleSource } from '@maskwright/image';
import { eventOf, type Job, type JobEvent, type ResultSummary } from '@maskwright/queue';
import { encodeSeg, segUids } from '@maskwright/result';
import type { Telemetry } from '@maskwright/telemetry';
import type { Models } from './infer.ts';
import { promptsFor } from './prompts-for.ts';
import { type Segmented, segmentSource } from './segment-source.ts';
import type { Spool } from './spool.ts';

export interface SegmenterDeps {
  readonly archive: Archive;
  readonly catalogue: Catalogue;
  /** The models of a task, loaded once. */
  readonly modelsFor: (task: {
    readonly models: { readonly vlsm: string; readonly conventional: string };
  }) => Promise<Models>;
  readonly spool: Spool;
  readonly telemetry: Telemetry;
  readonly now: () => Date;
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
  const { part10, event } = result;
  if (!part10) return event;
  if (!waiting) await deps.spool.put(job.key, { part10, event });
  await deps.telemetry.span('deliver', {}, () => deliver(deps.archive, job, part10, signal));
  return event;
}

async function makeResult(
  deps: SegmenterDeps,
  job: Job,
  signal: AbortSignal,
): Promise<{ readonly event: JobEvent; readonly part10?: Uint8Array }> {
  const { telemetry } = deps;
  const task = deps.catalogue.task(job.task);
  const source = assembleSource(await telemetry.span('fetch', {}, () => fetchSeries(deps.archive, job, signal)));
  const prompts = promptsFor(deps.catalogue, task, source.dataset, job.prompt);
  const models = await deps.modelsFor(task);
  const segmented = await telemetry.span('infer', { attributes: { frames: source.frames.length } }, () =>
    segmentSource(models, { source, task, prompts, signal }),
  );
  const at = deps.now();
  const result = summaryOf(segmented);
  const { model, segments, assessment } = segmented;
  if (!model) return { event: eventOf(job, { kind: 'needs-person', result }, at) };
  const uids = segUids(job.key, segments.length);
  const part10 = await telemetry.span('encode', {}, async () =>
    encodeSeg({
      source,
      segments,
      uids,
      algorithm: { name: model.id, version: model.version },
      assessment: assessment.reason,
      at,
      seriesDescription: job.prompt === undefined ? task.title : `${task.title} (reader's words)`,
    }),
  );
  return { part10, event: eventOf(job, { kind: 'stored', sopInstanceUIDs: [uids.sopInstanceUID], result }, at) };
}

async function fetchSeries(archive: Archive, job: Job, signal: AbortSignal): Promise<Instance[]> {
  const instances: Instance[] = [];
  for await (const instance of archive.retrieveInstances(job.study, job.series, signal)) instances.push(instance);
  if (instances.length === 0) throw new MaskwrightError('NO_PIXEL_DATA', `series ${job.series} has no instances`);
  return instances;
}

async function deliver(archive: Archive, job: Job, part10: Uint8Array, signal: AbortSignal): Promise<void> {
  const [outcome] = await archive.store([part10], signal);
  if (outcome?.stored) return;
  const reason = outcome
    ? `failure reason ${outcome.reason.toString(16).padStart(4, '0')}H`
    : 'no word about the instance';
  throw new MaskwrightError('ARCHIVE_REFUSED', `the SEG of series ${job.series} was not stored: ${reason}`);
}

export function summaryOf(segmented: Segmented): ResultSummary {
  const { assessment, prompts, segments, model } = segmented;
  return {
    segments: prompts.map(({ target, prompt }, index) => ({
      target: target.name,
      prompt: prompt.text,
      promptType: prompt.type,
      pixels: segments[index]?.mask.data.reduce((sum, value) => sum + value, 0) ?? 0,
    })),
    model: model?.id ?? null,
    reason: assessment.reason,
    assessment: {
      family: assessment.family,
      percentile: assessment.percentile,
      distance: assessment.distance,
      gate: assessment.gate,
    },
    attributes: segmented.attributes.map(({ name, value, source, origin }) => ({ name, value, source, origin })),
    warnings: segmented.warnings,
  };
}
