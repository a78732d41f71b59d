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
 */
export async function performWorkItems(deps: PerformDeps, options: PerformOptions, signal: AbortSignal): Promise<void> {
  for await (const item of deps.workItems.search('SCHEDULED', signal)) await claim(deps, options, item, signal);
  for await (const item of deps.workItems.search('IN PROGRESS', signal))
    if (isOurs(item, options)) await goOn(deps, options, item, signal);
}

/** Transaction UID (0008,1195): the lock. Whoever knows performer and item knows it; it guards against accidents. */
export function transactionOf(performer: string, item: AnyUID): AnyUID {
  return uidFromDigest('transaction', performer, item);
}

async function claim(
  deps: PerformDeps,
  { performer, codes: wanted }: PerformOptions,
  item: WorkItem,
  signal: AbortSignal,
) {
  const scheduled = codes(item.dataset, 'ScheduledWorkitemCodeSequence').map(
    ({ scheme, value }) => `${scheme}:${value}`,
  );
  if (wanted && !scheduled.some((code) => wanted.includes(code))) return;
  const studies = studiesOf(item.dataset);
  if (studies.length === 0) return;
  const transaction = transactionOf(performer, item.uid);
  // Another performer was faster: it is theirs.
  if (!(await deps.workItems.changeState(item.uid, 'IN PROGRESS', transaction, signal))) return;
  const began = deps.now();
  const values = performedValues({ performer, began, progress: 0, description: 'Claimed.' });
  await deps.workItems.update(item.uid, values, transaction, signal);
  for (const study of studies) deps.agenda.add({ study }, began.getTime());
  deps.telemetry.log.info({ workItem: item.uid, studies }, 'work item claimed');
}

function isOurs({ dataset }: WorkItem, { performer }: PerformOptions): boolean {
  const [progress = {}] = items(dataset, 'ProcedureStepProgressInformationSequence');
  return text(progress, 'ProcedureStepProgressDescription') === markOf(performer);
}

async function goOn(deps: PerformDeps, { performer }: PerformOptions, item: WorkItem, signal: AbortSignal) {
  const { workItems, memory, agenda, now } = deps;
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
  return [...new Set(named)]
    .filter((uid) => /^[0-9.]{1,64}$/.test(uid))
    .map((uid) => parseUid<StudyInstanceUID>(uid, 'StudyInstanceUID'));
}

/** What `claim` has written. */
function startOf(dataset: DataSet): Date | undefined {
  const [performed = {}] = items(dataset, 'UnifiedProcedureStepPerformedProcedureSequence');
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(text(performed, 'PerformedProcedureStepStartDateTime') ?? '') ?? [];
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

async function outputsOf(
  { archive }: PerformDeps,
  jobs: readonly { readonly study: StudyInstanceUID; readonly job: StandingJob }[],
  signal: AbortSignal,
): Promise<Output[]> {
  const outputs: Output[] = [];
  for (const { study, job } of jobs) {
    for (const sopInstanceUID of job.outputs) {
      const { seriesInstanceUID: series } = resultObject(job.key, sopInstanceUID, resultLineage(job));
      const there = await archive.searchInstances(study, series, signal);
      const sopClassUID = there.find((one) => one.sopInstanceUID === sopInstanceUID)?.sopClassUID;
      outputs.push({ study, series, sopClassUID: sopClassUID ?? '', sopInstanceUID });
    }
  }
  return outputs;
}
