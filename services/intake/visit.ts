import { describeError } from '@maskwright/errors';
import { eventOf, type Job } from '@maskwright/queue';
import type { Telemetry } from '@maskwright/telemetry';
import type { Visit } from './agenda.ts';
import type { Completeness } from './completeness.ts';
import { type DeletionDeps, noticeDeletions } from './deletions.ts';
import { lookAtStudy } from './look.ts';
import { type StudyMemory, UNCERTAIN } from './memory/index.ts';
import { type ReconcileDeps, reconcileStudy } from './reconcile.ts';

export interface VisitDeps extends ReconcileDeps, Omit<DeletionDeps, 'archive' | 'queue' | 'telemetry'> {
  readonly telemetry: Telemetry;
  readonly memory: StudyMemory;
  readonly completeness: Completeness;
}

/**
 * Looks at one study: where it is complete and was not dealt with as it stands, its jobs are queued.
 * @returns 0 when the study has been dealt with, else milliseconds until it can be complete
 */
export async function visitStudy(deps: VisitDeps, visit: Visit, signal: AbortSignal): Promise<number> {
  const { memory, completeness } = deps;
  const { study } = visit;
  const sight = await lookAtStudy(deps, visit, signal);
  const at = () => deps.now().getTime();
  // A series that is given a usable UID later changes no number in the archive's list: each sweep looks.
  const answer = sight.invalid > 0 ? UNCERTAIN : (visit.answer ?? sight.answer);
  const isDealtWith = memory.studies.isReconciled(study, sight.fingerprint);
  // Whoever names a study of the backlog does not want to wait for all of it.
  const isHurried = visit.isNamed === true && memory.jobs.isInBacklog(study);
  if (sight.isThere && isDealtWith && !isHurried) {
    const uncertain = await noticeDeletions(deps, study, signal);
    if (uncertain > 0) return uncertain;
    memory.studies.looked(study, answer, at());
    completeness.forget(study);
    return 0;
  }
  const wait = completeness.observe(study, sight, at(), visit.expected);
  if (wait > 0) return wait;
  // Named by a notice and never seen, or deleted: whoever works on it finds no images, and says so.
  if (!sight.isThere) memory.studies.forget(study);
  const uncertain = sight.isThere ? await deal(deps, visit, { ...sight, answer }, signal) : 0;
  completeness.forget(study);
  return uncertain;
}

/** @returns 0, or milliseconds until it can be told whether a result was deleted */
async function deal(
  deps: VisitDeps,
  { study, isNamed }: Visit,
  { series, images, fingerprint, answer, invalid }: Awaited<ReturnType<typeof lookAtStudy>>,
  signal: AbortSignal,
): Promise<number> {
  const { memory, completeness, telemetry, now } = deps;
  const context = {
    study,
    series,
    known: memory.jobs.get.bind(memory.jobs),
    onExpected: (jobs: readonly Job[]) => memory.results.expect(study, jobs),
    isNamed,
    traceparent: telemetry.traceparent(),
  };
  const at = now();
  const { jobs, unread, queued } = await reconcileStudy(deps, context, signal);
  if (invalid > 0)
    telemetry.log.warn(
      { study, code: 'DICOM_MALFORMED', series: invalid },
      'series were passed over: their SeriesInstanceUID is no UID',
    );
  for (const { series, error } of unread)
    telemetry.log.warn({ study, series, code: error.code }, `a series was passed over: ${describeError(error)}`);
  for (const job of queued) memory.jobs.note(eventOf(job, { kind: 'queued', lane: job.lane }, at));
  const uncertain = await noticeDeletions(deps, study, signal);
  // Where this process ends before that is known, the next sweep looks again.
  const standing = { answer: uncertain > 0 ? UNCERTAIN : answer, fingerprint };
  // A series that could not be read is tried again at each sweep.
  const partly = { answer: UNCERTAIN, fingerprint: UNCERTAIN };
  memory.studies.reconciled(study, unread.length > 0 ? partly : standing, now().getTime());
  const missing = completeness.missing(study, images);
  telemetry.log.info(
    { study, jobs: jobs.length, queued: queued.length, ...(missing > 0 ? { missing } : {}) },
    missing > 0 ? 'study seen, without images that were announced' : 'study seen',
  );
  return uncertain;
}
