import { type DataSet, number, text } from '@maskwright/dicom';
import type { Archive, StudyQuery } from '@maskwright/dicomweb';
import type { Agenda } from './agenda.ts';
import { type StudyMemory, UNCOUNTED } from './memory/index.ts';

export interface SweepDeps {
  readonly archive: Pick<Archive, 'searchStudies'>;
  readonly memory: StudyMemory;
  readonly agenda: Agenda;
  readonly now: () => Date;
}
export interface SweepResult {
  /** Studies in the archive's answer. */
  readonly listed: number;
  /** Entries of the answer that name no study: their StudyInstanceUID is no UID. */
  readonly invalid: number;
  /** Studies that have to be looked at. */
  readonly looks: number;
  /** Newest StudyDate, as YYYYMMDD. */
  readonly newest: string | undefined;
  /** How much of its time it waited for room: that is no cost of the archive; ms. */
  readonly waitedMs: number;
}

/**
 * So many studies in a row that are older than was asked for: the archive passes over StudyDate, and, where it lists the
 * newest first as most do, has told all that was asked for. What it has not, the next sweep of the whole list finds.
 */
const OLD_IN_A_ROW = 100;

/** What is new does not wait until a backlog is through: so many studies go on an agenda that is full already. */
const NEW_BEYOND = 20_000;

/**
 * Reads the archive's list of studies and puts those on the agenda that are new or were changed: beside the list itself it
 * costs what has changed. Waits where the agenda is full, which for a sweep of the whole list is much earlier.
 */
export async function sweep(
  { archive, memory, agenda, now }: SweepDeps,
  { query, whole }: { readonly query: StudyQuery; readonly whole: boolean },
  signal: AbortSignal,
): Promise<SweepResult> {
  let [listed, looks, old, waitedMs, invalid] = [0, 0, 0, 0, 0];
  const onInvalid = () => {
    invalid++;
  };
  let newest: string | undefined;
  for await (const { studyInstanceUID: study, dataset } of archive.searchStudies(query, signal, onInvalid)) {
    listed++;
    const date = text(dataset, 'StudyDate');
    newest = later(newest, date);
    old = isBefore(date, query.studyDate?.from) ? old + 1 : 0;
    if (!whole && old >= OLD_IN_A_ROW) break;
    const answer = answerOf(dataset);
    if (!memory.studies.needsLook(study, answer, now().getTime())) continue;
    looks++;
    agenda.add({ study, answer }, now().getTime());
    const since = performance.now();
    await agenda.room(signal, whole ? 0 : NEW_BEYOND);
    waitedMs += performance.now() - since;
  }
  return { listed, invalid, looks, newest, waitedMs };
}

function answerOf(dataset: DataSet): string {
  const instances = number(dataset, 'NumberOfStudyRelatedInstances');
  return instances === undefined ? UNCOUNTED : String(instances);
}

function isBefore(date: string | undefined, from: string | undefined): boolean {
  return date !== undefined && from !== undefined && date < from;
}

function later(a: string | undefined, b: string | undefined): string | undefined {
  if (b === undefined || !/^\d{8}$/.test(b)) return a;
  return a === undefined || b > a ? b : a;
}
