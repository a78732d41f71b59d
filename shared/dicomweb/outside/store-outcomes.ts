import { type DataSet, has, items, number, type SOPInstanceUID, text } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import type { StoreOutcome } from '../archive.ts';

/** Processing failure (PS3.7 annex C): what an instance gets that the answer does not name. */
const PROCESSING_FAILURE = 0x0110;
/** Duplicate SOP Instance (PS3.7 annex C): it is there already, which is what was wanted. */
const DUPLICATE = 0x0111;

/**
 * The word on each instance of a STOW-RS answer (PS3.18 annex I.2), in the order of `instances`. An instance is stored only
 * if the answer says so: an accepted request may hold failed instances.
 * @throws MaskwrightError DICOM_MALFORMED where the answer is no data set
 */
export function storeOutcomes(instances: readonly SOPInstanceUID[], answer: unknown): StoreOutcome[] {
  const dataset = storeAnswer(answer);
  if (!dataset) throw new MaskwrightError('DICOM_MALFORMED', 'the answer to STOW-RS is not a data set');
  const stored = byInstance(dataset, 'ReferencedSOPSequence');
  const failed = byInstance(dataset, 'FailedSOPSequence');
  return instances.map((sopInstanceUID): StoreOutcome => {
    const reference = stored.get(sopInstanceUID);
    const failure = failed.get(sopInstanceUID);
    if (reference && !failure) {
      const warning = number(reference, 'WarningReason');
      return { sopInstanceUID, stored: true, ...(warning === undefined ? {} : { warning }) };
    }
    const reason = (failure && number(failure, 'FailureReason')) ?? PROCESSING_FAILURE;
    return reason === DUPLICATE ? { sopInstanceUID, stored: true } : { sopInstanceUID, stored: false, reason };
  });
}

/** The data set of a STOW-RS answer; some PACS send it in a list. Undefined where it is something else. */
export function storeAnswer(answer: unknown): DataSet | undefined {
  const first: unknown = Array.isArray(answer) ? (answer[0] ?? {}) : answer;
  if (typeof first !== 'object' || first === null || first instanceof ArrayBuffer) return undefined;
  return Object.fromEntries(Object.entries(first));
}

/**
 * Whether an error status comes with words on the instances, and is thus an outcome and no refusal of the request. Orthanc
 * leaves both lists empty where nothing was stored.
 */
export function speaksOfInstances(answer: unknown): boolean {
  const dataset = storeAnswer(answer) ?? {};
  return has(dataset, 'ReferencedSOPSequence') || has(dataset, 'FailedSOPSequence');
}

function byInstance(dataset: DataSet, sequence: string): Map<string | undefined, DataSet> {
  return new Map(items(dataset, sequence).map((item) => [text(item, 'ReferencedSOPInstanceUID'), item]));
}
