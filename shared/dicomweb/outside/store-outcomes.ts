import { type DataSet, items, number, parsePart10, type SOPInstanceUID, text } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import type { StoreOutcome } from '../archive.ts';

/** Failure Reason 0110H, processing failure (PS3.4 table B.2-1): what an instance gets that the answer does not name. */
const PROCESSING_FAILURE = 0x0110;

/**
 * The word on each instance of a STOW-RS answer (PS3.18 annex I.2). An instance is stored only if the answer says so:
 * an accepted request may hold failed instances.
 */
export function storeOutcomes(files: readonly Uint8Array[], answer: unknown): StoreOutcome[] {
  const dataset = firstDataSet(answer);
  const stored = new Map(
    items(dataset, 'ReferencedSOPSequence').map((item) => [text(item, 'ReferencedSOPInstanceUID'), item]),
  );
  const failed = new Map(
    items(dataset, 'FailedSOPSequence').map((item) => [text(item, 'ReferencedSOPInstanceUID'), item]),
  );
  return files.flatMap((file): StoreOutcome[] => {
    const sopInstanceUID = uidOf(file);
    if (!sopInstanceUID) return [];
    const item = stored.get(sopInstanceUID);
    if (item && !failed.has(sopInstanceUID)) {
      const warning = number(item, 'WarningReason');
      return [{ sopInstanceUID, stored: true, ...(warning === undefined ? {} : { warning }) }];
    }
    const refusal = failed.get(sopInstanceUID);
    return [
      { sopInstanceUID, stored: false, reason: (refusal && number(refusal, 'FailureReason')) ?? PROCESSING_FAILURE },
    ];
  });
}

/** A file that is no DICOM has no UID to report on. */
function uidOf(file: Uint8Array): SOPInstanceUID | undefined {
  try {
    return parsePart10(file).sopInstanceUID;
  } catch (error) {
    if (error instanceof MaskwrightError) return undefined;
    throw error;
  }
}

function firstDataSet(answer: unknown): DataSet {
  const first: unknown = Array.isArray(answer) ? (answer[0] ?? {}) : answer;
  if (typeof first !== 'object' || first === null || first instanceof ArrayBuffer) {
    throw new MaskwrightError('DICOM_MALFORMED', 'the answer to STOW-RS is not a data set');
  }
  return Object.fromEntries(Object.entries(first));
}
