import { allOpen } from '@maskwright/dicomweb';
import { codeOf, describeError } from '@maskwright/errors';
import { eventOf, type Gate, handIn, type Job, type JobEvent, type Queue } from '@maskwright/queue';
import { pause } from '@maskwright/time';
import { jobTelemetry } from './job-telemetry.ts';
import { processJob, type SegmenterDeps } from './process-job.ts';
import { tidySpool } from './spool-tidy.ts';

export interface SegmenterService extends SegmenterDeps {
  readonly queue: Queue;
  /** Closed while an archive is away: then no job is begun. */
  readonly gate?: Gate | undefined;
}

/** Images of patients are not to pile up where other segmenters deliver what this one has made. */
const TIDY_MS = 3600_000;
/** Not at full speed. */
const HANDED_BACK_MS = 1000;

/** Does jobs until `signal` aborts; a job is committed after its result is in the archive and its event in the log. */
export async function runSegmenter(
  deps: SegmenterService,
  options: { readonly concurrency: number },
  signal: AbortSignal,
): Promise<void> {
  const { queue } = deps;
  const telemetry = jobTelemetry(deps.telemetry, deps.catalogue, queue);
  const finish = async (event: JobEvent) => {
    await queue.events.append(event);
    telemetry.ended(event);
  };

  await deps.spool.sources.clear();
  const ended = new AbortController();
  const tidying = tidyAgainAndAgain(deps, AbortSignal.any([signal, ended.signal]));
  const consuming = queue.jobs.consume(
    (job, jobSignal) =>
      telemetry.attempt(job, jobSignal, async () => {
        deps.reached?.('taken');
        await queue.events.append(eventOf(job, { kind: 'running' }, deps.now()));
        let instead: readonly Job[] = [];
        const event = await processJob(deps, job, jobSignal, (by) => {
          instead = by;
        }).catch(async (error: unknown) => {
          if (codeOf(error) === 'OUTPUT_UNWRITABLE') await deps.spool.room.look();
          throw error;
        });
        if (job.prompt !== undefined && instead.length > 0) await askAgain(deps, instead, jobSignal);
        await finish(event);
        deps.reached?.('logged');
        await deps.spool.delete(job.key);
        return event;
      }),
    {
      signal,
      concurrency: options.concurrency,
      gate: allOpen([deps.spool.room, ...(deps.gate ? [deps.gate] : [])]),
      onRetry: (job, error, delayMs) =>
        telemetry.say('warn', job, { code: codeOf(error), delayMs }, `the job is tried again: ${describeError(error)}`),
      onDeadLetter: async ({ job, code, reason }) => {
        telemetry.say('error', job, { code }, `the job was set aside: ${reason}`);
        await finish(eventOf(job, { kind: 'failed', code, reason }, deps.now()));
        // Images of a patient whose study was deleted are not kept for a replay.
        if (code === 'SOURCE_GONE') await deps.spool.delete(job.key);
        // Where that fails the result is found again all the same: only its wait does not begin anew.
        else await deps.spool.setAside(job.key).catch(() => undefined);
      },
    },
  );
  await consuming.finally(() => ended.abort());
  await tidying;
}

/**
 * Intake queues the jobs of the images as they are now, but not with a person's words: these go along from here. While
 * segmenters of two versions share a queue, what the one hands on the other hands back, until it is taken by its own.
 */
async function askAgain({ queue, now }: SegmenterService, jobs: readonly Job[], signal: AbortSignal) {
  const keys = jobs.map(({ key }) => key);
  const known = await queue.events.newest(keys, signal);
  const open = jobs.filter(({ key }) => (known.get(key)?.state.kind ?? 'superseded') === 'superseded');
  if (open.length === 0) return;
  if (open.some(({ key }) => known.has(key))) await pause(HANDED_BACK_MS, signal);
  signal.throwIfAborted();
  await handIn(queue, open, now);
}

async function tidyAgainAndAgain({ spool, queue, telemetry }: SegmenterService, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await tidySpool(spool, queue, signal).catch((error: Error) => {
      if (!signal.aborted)
        telemetry.log.warn({ code: codeOf(error) }, `the spool could not be tidied: ${describeError(error)}`);
    });
    await pause(TIDY_MS, signal);
  }
}
