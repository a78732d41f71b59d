import { setTimeout as delay } from 'node:timers/promises';
import type { StudyInstanceUID } from '@maskwright/dicom';
import { describeError, MaskwrightError } from '@maskwright/errors';
import type { Telemetry } from '@maskwright/telemetry';
import { Agenda } from './agenda.ts';
import { Completeness } from './completeness.ts';
import { type ReconcileDeps, reconcileStudy } from './reconcile.ts';

export interface IntakeOptions {
  readonly sweepSeconds: number;
  readonly quietSeconds: number;
  readonly lookbackDays?: number | undefined;
}
export interface IntakeDeps extends ReconcileDeps {
  readonly telemetry: Telemetry;
}

/** After an archive or broker fault a study is looked at again this much later. */
const RETRY_MS = 5000;

/**
 * Finds studies and queues their jobs until `signal` aborts. Notices make it look at once, the sweep finds what they missed;
 * both only put studies on the agenda.
 */
export async function runIntake(deps: IntakeDeps, options: IntakeOptions, signal: AbortSignal): Promise<void> {
  const agenda = new Agenda();
  const { log } = deps.telemetry;
  const notices = deps.queue.notices.consume(
    async ({ study, traceparent }) => agenda.add(study, deps.now().getTime(), traceparent),
    { signal, onInvalid: (reason) => log.warn({ code: 'MESSAGE_INVALID', reason }, 'a study notice was passed over') },
  );
  await Promise.all([notices, sweepLoop(deps, options, agenda, signal), agendaLoop(deps, options, agenda, signal)]);
}

async function sweepLoop(deps: IntakeDeps, options: IntakeOptions, agenda: Agenda, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const { studyInstanceUID } of deps.archive.searchStudies(queryOf(options, deps.now()), signal)) {
        agenda.add(studyInstanceUID, deps.now().getTime());
      }
    } catch (error) {
      if (!signal.aborted) report(deps, error, 'the sweep failed');
    }
    await delay(options.sweepSeconds * 1000, undefined, { signal }).catch(() => undefined);
  }
}

async function agendaLoop(
  deps: IntakeDeps,
  options: IntakeOptions,
  agenda: Agenda,
  signal: AbortSignal,
): Promise<void> {
  const completeness = new Completeness(options.quietSeconds * 1000);
  while (!signal.aborted) {
    const next = agenda.take(deps.now().getTime());
    if ('wait' in next) {
      await agenda.change(next.wait, signal);
      continue;
    }
    const { study, traceparent } = next;
    try {
      const wait = await deps.telemetry.span('intake', { traceparent, attributes: { study } }, () =>
        lookAt(deps, completeness, study, signal),
      );
      if (wait > 0) agenda.add(study, deps.now().getTime() + wait, traceparent);
    } catch (error) {
      if (signal.aborted) return;
      report(deps, error, 'study passed over', study);
      if (error instanceof MaskwrightError && error.retryable)
        agenda.add(study, deps.now().getTime() + RETRY_MS, traceparent);
    }
  }
}

/** @returns 0 when the study has been dealt with, else milliseconds until it can be complete */
async function lookAt(
  deps: IntakeDeps,
  completeness: Completeness,
  study: StudyInstanceUID,
  signal: AbortSignal,
): Promise<number> {
  const wait = completeness.observe(study, await fingerprintOf(deps, study, signal), deps.now().getTime());
  if (wait === 'reconciled') return 0;
  if (wait > 0) return wait;
  const known = await deps.queue.events.latest();
  const { jobs, queued } = await reconcileStudy(deps, study, known, deps.telemetry.traceparent(), signal);
  completeness.reconciled(study);
  deps.telemetry.log.info({ study, jobs: jobs.length, queued }, 'study seen');
  return 0;
}

/** The series and their sizes, without what we wrote ourselves: it changes when an image arrives. */
async function fingerprintOf(deps: IntakeDeps, study: StudyInstanceUID, signal: AbortSignal): Promise<string> {
  const parts: string[] = [];
  for (const { seriesInstanceUID, modality } of await deps.archive.searchSeries(study, signal)) {
    if (modality === 'SEG') continue;
    const instances = await deps.archive.searchInstances(study, seriesInstanceUID, signal);
    parts.push(`${seriesInstanceUID}:${instances.length}`);
  }
  return parts.sort().join(' ');
}

function queryOf(options: IntakeOptions, now: Date) {
  if (options.lookbackDays === undefined) return {};
  const from = new Date(now.getTime() - options.lookbackDays * 86_400_000);
  return { studyDate: { from: from.toISOString().slice(0, 10).replaceAll('-', '') } };
}

function report(deps: IntakeDeps, error: unknown, what: string, study?: StudyInstanceUID): void {
  const code = error instanceof MaskwrightError ? error.code : 'UNEXPECTED';
  deps.telemetry.log.warn({ code, ...(study ? { study } : {}) }, `${what}: ${describeError(error)}`);
}
