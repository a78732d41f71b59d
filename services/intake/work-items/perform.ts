import {
  type AnyUID,
  codes,
  type DataSet,
  items,
  parseUid,
  type StudyInstanceUID,
  text,
  uidFromDigest,
} from '@maskwright/dicom';
import type { Archive, WorkItem, WorkItems } from '@maskwright/dicomweb';
import { codeOf, describeError, MaskwrightError } from '@maskwright/errors';
import { resultLineage, resultObject } from '@maskwright/result';
import type { Telemetry } from '@maskwright/telemetry';
import type { Agenda } from '../agenda.ts';
import type { StandingJob, StudyMemory } from '../memory/index.ts';
import { markOf, type Output, performedValues } from './final-state.ts';

export interface PerformOptions {
  /** Name of this installation: items are claimed in its name, and known again by it. */
  readonly performer: string;
  /** Only items with one of these codes, as scheme:value; default: all. */
  readonly codes?: readonly string[] | undefined;
}
export interface PerformDeps {
  readonly workItems: WorkItems;
  readonly archive: Pick<Archive, 'searchSeries' | 'searchInstances'>;
  /** Where results go; default: the archive. */
  readonly target?: Pick<Archive, 'searchInstances'> | undefined;
  readonly memory: StudyMemory;
  readonly agenda: Agenda;
  readonly telemetry: Pick<Telemetry, 'log'>;
  readonly now: () => Date;
  /** Items whose requester wants them cancelled. */
  readonly cancelRequested?: ReadonlySet<AnyUID>;
}

/** A study of a claimed item that the archive does not have is waited for so long. */
const ABSENT_MS = 600_000;

/**
 * One round over a worklist, as a task performer of IHE AI Workflow: scheduled items are claimed and their studies put on
 * the agenda; claimed ones whose jobs have ended are completed with references to what was stored, or cancelled with a
 * reason. Nothing is kept: the transaction follows from item and performer, so a restart goes on with what was claimed.
 * @returns the items that could not be worked on this time, which keep no other from its turn
 */
export async function performWorkItems(
  deps: PerformDeps,
  options: PerformOptions,
  signal: AbortSignal,
): Promise<ReadonlySet<AnyUID>> {
  const failed = new Set<AnyUID>();
  for (const [state, work] of [
    ['SCHEDULED', claim],
    ['IN PROGRESS', goOn],
  ] as const) {
    // All of them before the first is worked on: what is worked on leaves the state, and moves the pages of the search.
    const found = await Array.fromAsync(deps.workItems.search(state, signal));
    for (const item of found) {
      try {
        await work(deps, options, item, signal);
      } catch (error) {
        signal.throwIfAborted();
        failed.add(item.uid);
        const what = `a work item could not be worked on: ${describeError(error)}`;
        deps.telemetry.log.warn({ workItem: item.uid, code: codeOf(error) }, what);
      }
    }
  }
  return failed;
}

/** Transaction UID (0008,1195): the lock. Whoever knows performer and item knows it; it guards against accidents. */
export function transactionOf(performer: string, item: AnyUID): AnyUID {
  return uidFromDigest('transaction', performer, item);
}

async function claim(deps: PerformDeps, options: PerformOptions, item: WorkItem, signal: AbortSignal) {
  if (!isForUs(item, options)) return;
  const transaction = transactionOf(options.performer, item.uid);
  // Another performer was faster: it is theirs.
  if (!(await deps.workItems.changeState(item.uid, 'IN PROGRESS', transaction, signal))) return;
  if (!(await mark(deps, options, item, signal)))
    deps.telemetry.log.warn({ workItem: item.uid }, 'the worklist does not take who has claimed a work item');
  const studies = studiesOf(item.dataset);
  for (const study of studies) deps.agenda.add({ study }, deps.now().getTime());
  deps.telemetry.log.info({ workItem: item.uid, studies }, 'work item claimed');
}

function isForUs({ dataset }: WorkItem, { codes: wanted }: PerformOptions): boolean {
  const scheduled = codes(dataset, 'ScheduledWorkitemCodeSequence').map(({ scheme, value }) => `${scheme}:${value}`);
  return (!wanted || scheduled.some((code) => wanted.includes(code))) && studiesOf(dataset).length > 0;
}

/** Says on the item that it is ours, and since when. @returns whether the worklist takes that, as it does of who has claimed it */
function mark({ workItems, now }: PerformDeps, { performer }: PerformOptions, { uid }: WorkItem, signal: AbortSignal) {
  const values = performedValues({ performer, began: now(), progress: 0, description: 'Claimed.' });
  return workItems.update(uid, values, transactionOf(performer, uid), signal);
}

/** One without any mark may be ours too: where we ended, or the worklist did not answer, between the claim and its mark. */
async function isOurs(deps: PerformDeps, options: PerformOptions, item: WorkItem, signal: AbortSignal) {
  const [progress = {}] = items(item.dataset, 'ProcedureStepProgressInformationSequence');
  const marked = text(progress, 'ProcedureStepProgressDescription');
  if (marked !== undefined) return marked === markOf(options.performer);
  return isForUs(item, options) && (await mark(deps, options, item, signal));
}

async function goOn(deps: PerformDeps, options: PerformOptions, item: WorkItem, signal: AbortSignal) {
  if (!(await isOurs(deps, options, item, signal))) return;
  const { workItems, memory, agenda, now } = deps;
  const { performer } = options;
  const studies = studiesOf(item.dataset);
  const began = startOf(item.dataset) ?? now();
  const isUnwanted = deps.cancelRequested?.has(item.uid) ?? false;
  const jobs: { study: StudyInstanceUID; job: StandingJob }[] = [];
  for (const study of studies) {
    const standing = memory.results.standing(study);
    if (standing) jobs.push(...standing.map((job) => ({ study, job })));
    else if (isUnwanted) continue;
    else if (
      now().getTime() - began.getTime() < ABSENT_MS ||
      (await deps.archive.searchSeries(study, signal)).length > 0
    ) {
      agenda.add({ study }, now().getTime());
      return;
    }
  }
  const open = jobs.filter(({ job }) => ['queued', 'running', 'superseded'].includes(job.kind));
  const transaction = transactionOf(performer, item.uid);
  const base = { performer, began };
  if (open.length > 0 && !isUnwanted) {
    const progress = (100 * (jobs.length - open.length)) / jobs.length;
    const description = `${jobs.length - open.length} of ${jobs.length} jobs have ended.`;
    await workItems.update(item.uid, performedValues({ ...base, progress, description }), transaction, signal);
    return;
  }
  const outputs = await outputsOf(deps, jobs, signal);
  const count = (kind: string) => jobs.filter(({ job }) => job.kind === kind).length;
  const cancelled = isUnwanted || count('stored') === 0;
  const description = isUnwanted
    ? `Cancelled on request; ${count('stored')} results were stored before.`
    : jobs.length === 0
      ? 'No task of the catalogue applies to an image of the study, or there is none.'
      : `Of ${jobs.length} jobs ${count('stored')} stored a result, ${count('needs-person')} need a person, ${count('failed')} failed.`;
  const values = performedValues({ ...base, ended: now(), outputs, progress: 100, description, cancelled });
  await workItems.update(item.uid, values, transaction, signal);
  const state = cancelled ? 'CANCELED' : 'COMPLETED';
  const isDone = await workItems.changeState(item.uid, state, transaction, signal);
  deps.telemetry.log[isDone ? 'info' : 'warn'](
    { workItem: item.uid, state, outputs: outputs.length },
    isDone ? 'work item ended' : 'the worklist does not take the end of a work item',
  );
}

/** Studies of Input Information Sequence (0040,4021); what is no UID is left out. */
function studiesOf(dataset: DataSet): StudyInstanceUID[] {
  const named = items(dataset, 'InputInformationSequence').map((input) => text(input, 'StudyInstanceUID') ?? '');
  return [...new Set(named)].flatMap((uid) => {
    try {
      return parseUid<StudyInstanceUID>(uid, 'StudyInstanceUID');
    } catch (error) {
      if (error instanceof MaskwrightError) return [];
      throw error;
    }
  });
}

/** What `mark` has written. */
function startOf(dataset: DataSet): Date | undefined {
  const [performed = {}] = items(dataset, 'UnifiedProcedureStepPerformedProcedureSequence');
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(text(performed, 'PerformedProcedureStepStartDateTime') ?? '') ?? [];
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

async function outputsOf(
  { archive, target = archive }: PerformDeps,
  jobs: readonly { readonly study: StudyInstanceUID; readonly job: StandingJob }[],
  signal: AbortSignal,
): Promise<Output[]> {
  const outputs: Output[] = [];
  for (const { study, job } of jobs) {
    for (const sopInstanceUID of job.outputs) {
      const { seriesInstanceUID: series } = resultObject(job.key, sopInstanceUID, resultLineage(job));
      const there = await target.searchInstances(study, series, signal);
      const sopClassUID = there.find((one) => one.sopInstanceUID === sopInstanceUID)?.sopClassUID;
      outputs.push({ study, series, sopClassUID: sopClassUID ?? '', sopInstanceUID });
    }
  }
  return outputs;
}
