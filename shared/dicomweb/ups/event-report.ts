import { type AnyUID, type DataSet, number, parseUid, text } from '@maskwright/dicom';
import { datasetSchema } from '../dataset-schema.ts';
import type { WorkItemState } from './work-items.ts';

/** Subscribing to this item is subscribing to all, those to come too (PS3.4 annex CC.2.3.1). */
export const WORKLIST = '1.2.840.10008.5.1.4.34.5';
/** UPS Event SOP Class. */
export const EVENT_CLASS = '1.2.840.10008.5.1.4.34.6.4';
/** Event Type ID (0000,1002), PS3.4 table CC.2.4-1. */
export const EVENT = { state: 1, cancelRequested: 2, progress: 3 } as const;

/** What a worklist tells of an item. */
export type WorkItemEvent =
  | { readonly kind: 'state'; readonly uid: AnyUID; readonly state: WorkItemState }
  /** Whoever has it in hand is asked to stop; it may go on. The reason is for people and may name a patient: it is not read. */
  | { readonly kind: 'cancel-requested'; readonly uid: AnyUID }
  | { readonly kind: 'other'; readonly uid: AnyUID };

const STATES: readonly WorkItemState[] = ['SCHEDULED', 'IN PROGRESS', 'COMPLETED', 'CANCELED'];

/** @returns undefined where the text is no event report of a work item: whoever listens goes by the worklist itself */
export function readEventReport(message: string): WorkItemEvent | undefined {
  const dataset = datasetIn(message);
  if (!dataset) return undefined;
  try {
    const uid = parseUid(text(dataset, 'AffectedSOPInstanceUID'), 'AffectedSOPInstanceUID');
    const type = number(dataset, 'EventTypeID');
    if (type === EVENT.cancelRequested) return { kind: 'cancel-requested', uid };
    const state = STATES.find((one) => one === text(dataset, 'ProcedureStepState'));
    return type === EVENT.state && state ? { kind: 'state', uid, state } : { kind: 'other', uid };
  } catch {
    return undefined;
  }
}

/** One data set, or a list of one. */
function datasetIn(message: string): DataSet | undefined {
  try {
    const value: unknown = JSON.parse(message);
    return datasetSchema.safeParse(Array.isArray(value) ? value[0] : value).data;
  } catch {
    return undefined;
  }
}
