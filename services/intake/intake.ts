import { createHash } from 'node:crypto';
import { outsideWorkItems, type WorkItemsOptions } from '@maskwright/dicomweb';
import { MaskwrightError } from '@maskwright/errors';
import { type JobEvent, RESULT_VERSION } from '@maskwright/queue';
import { aborted, pause, together, type Work } from '@maskwright/time';
import { Agenda } from './agenda.ts';
import { Completeness } from './completeness.ts';
import { Absences } from './deletions.ts';
import { followEvents, loadEvents } from './follow-events.ts';
import { StudyMemory } from './memory/index.ts';
import { type NotifyOptions, startNotifyServer } from './notify/server.ts';
import type { ReconcileDeps } from './reconcile.ts';
import { sweepLoop } from './sweep-loop.ts';
import type { SweepOptions } from './sweep-window.ts';
import type { VisitDeps } from './visit.ts';
import { visitLoop } from './visit-loop.ts';
import { warnOf } from './warn-of.ts';
import { type FollowOptions, followWorklist } from './work-items/follow-worklist.ts';

export interface IntakeOptions extends SweepOptions {
  readonly quietSeconds: number;
  /** How long images that were announced are waited for; default 3600. */
  readonly patienceSeconds?: number | undefined;
  /** Studies looked at at the same time; default 4. */
  readonly concurrency?: number | undefined;
  /** Results that were deleted in the archive are made again; default: they stay away. */
  readonly remakeDeleted?: boolean | undefined;
  /** Cache of what was seen; default: in memory alone. */
  readonly memoryFile?: string | undefined;
  /** Takes notices over HTTP; default: it does not. */
  readonly notify?: NotifyOptions | undefined;
  /** A worklist whose items are performed; default: none. */
  readonly workitems?: (WorkItemsOptions & FollowOptions) | undefined;
}
export interface IntakeDeps extends ReconcileDeps {
  /** Where results go; default: the archive. */
  readonly target?: VisitDeps['target'];
  readonly telemetry: VisitDeps['telemetry'];
}
type Parts = VisitDeps & { readonly agenda: Agenda };

/** After a fault of the broker its log is asked again this much later. */
const RETRY_MS = 5000;

/**
 * Finds studies and queues their jobs until `signal` aborts. Notices make it look at once, the sweep finds what they missed;
 * both only put studies on the agenda.
 */
export async function runIntake(deps: IntakeDeps, options: IntakeOptions, signal: AbortSignal): Promise<void> {
  const { quietSeconds, patienceSeconds = 3600, concurrency = 4, memoryFile = ':memory:' } = options;
  const memory = new StudyMemory(memoryFile, basisOf(deps));
  try {
    const completeness = new Completeness({ quietMs: quietSeconds * 1000, patienceMs: patienceSeconds * 1000 });
    const parts: Parts = {
      ...deps,
      memory,
      completeness,
      absences: new Absences(quietSeconds * 1000),
      remakeDeleted: options.remakeDeleted,
      agenda: new Agenda(),
    };
    await untilItWorks(parts, signal, 'the event log cannot be read', () => loadEvents(parts, signal));
    if (signal.aborted) return;
    const { notify, workitems } = options;
    const loops: Work[] = [
      (stop) => consumeNotices(parts, stop),
      ...(notify ? [(stop: AbortSignal) => takeNotices(parts, notify, stop)] : []),
      (stop) =>
        untilItWorks(parts, stop, 'the event log cannot be followed', () =>
          followEvents({ ...parts, onEvent: (event) => lookAgain(parts, event) }, stop),
        ),
      ...(workitems ? [(stop: AbortSignal) => workOn(parts, workitems, stop)] : []),
      (stop) => sweepLoop(parts, options, stop),
      ...Array.from({ length: concurrency }, (): Work => (stop) => visitLoop(parts, stop)),
    ];
    // Before the memory that they share is closed.
    await together(loops, signal);
  } finally {
    memory.close();
  }
}

/** Another catalogue or other models: what should exist is judged anew. */
function basisOf({ catalogue, bundleDigest }: IntakeDeps): string {
  const hash = createHash('sha256').update(RESULT_VERSION);
  for (const { id, digest, models } of catalogue.tasks) {
    const bundles = [models.vlsm, models.conventional].map((model) => {
      try {
        return bundleDigest(model);
      } catch (error) {
        if (error instanceof MaskwrightError) return error.code;
        throw error;
      }
    });
    hash.update(JSON.stringify([id, digest, ...bundles]));
  }
  return hash.digest('hex');
}

function consumeNotices({ queue, agenda, now, telemetry: { log } }: Parts, signal: AbortSignal): Promise<void> {
  return queue.notices.consume(
    async ({ study, traceparent, expectedImages: expected }) =>
      agenda.add({ study, traceparent, expected }, now().getTime()),
    { signal, onInvalid: (reason) => log.warn({ code: 'MESSAGE_INVALID', reason }, 'a study notice was passed over') },
  );
}

/** A segmenter has found other images than the job was made for, and nobody has queued their job yet. */
function lookAgain({ memory, agenda, now }: Parts, { study, state }: JobEvent): void {
  if (state.kind !== 'superseded' || memory.jobs.get(state.by)) return;
  memory.studies.forget(study);
  agenda.add({ study }, now().getTime());
}

async function takeNotices(parts: Parts, options: NotifyOptions, signal: AbortSignal): Promise<void> {
  const server = await startNotifyServer(parts, options);
  parts.telemetry.log.info({ url: server.url }, 'notices are taken');
  await aborted(signal);
  await server.close();
}

function workOn(parts: Parts, options: NonNullable<IntakeOptions['workitems']>, signal: AbortSignal): Promise<void> {
  const onInvalid = (reason: string) =>
    parts.telemetry.log.warn({ code: 'DICOM_MALFORMED' }, `a work item was passed over: ${reason}`);
  return followWorklist({ ...parts, workItems: outsideWorkItems({ ...options, onInvalid }) }, options, signal);
}

/** Tries again until it works, or `signal` aborts. */
async function untilItWorks(parts: Parts, signal: AbortSignal, what: string, work: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof MaskwrightError) || !error.retryable) throw error;
      warnOf(parts, error, what);
      await pause(RETRY_MS, signal);
    }
  }
}
