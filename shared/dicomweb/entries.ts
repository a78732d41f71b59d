import {
  type AnyUID,
  type DataSet,
  parseUid,
  type SeriesInstanceUID,
  type SOPInstanceUID,
  type StudyInstanceUID,
  text,
} from '@maskwright/dicom';
import { describeError, MaskwrightError } from '@maskwright/errors';
import type { InstanceEntry, SeriesEntry } from './archive.ts';

/** Told of an entry that was passed over, as it cannot be addressed. The reason names the attribute, never its value. */
export type OnInvalid = (reason: string) => void;

/** The UID by which an entry of a search is addressed; undefined, and told, where it has none. */
export function addressOf<U extends AnyUID>(dataset: DataSet, keyword: string, onInvalid?: OnInvalid): U | undefined {
  try {
    return parseUid<U>(text(dataset, keyword), keyword);
  } catch (error) {
    if (!(error instanceof MaskwrightError)) throw error;
    onInvalid?.(describeError(error));
    return undefined;
  }
}

/** Undefined, and told, where it cannot be addressed. */
export function seriesEntry(
  studyInstanceUID: StudyInstanceUID,
  dataset: DataSet,
  onInvalid?: OnInvalid,
): SeriesEntry | undefined {
  const seriesInstanceUID = addressOf<SeriesInstanceUID>(dataset, 'SeriesInstanceUID', onInvalid);
  return seriesInstanceUID && { studyInstanceUID, seriesInstanceUID, modality: text(dataset, 'Modality'), dataset };
}

/** @throws MaskwrightError DICOM_MALFORMED: of a series with an image that cannot be addressed no part is to be used */
export function instanceEntry(dataset: DataSet): InstanceEntry {
  const sopInstanceUID = parseUid<SOPInstanceUID>(text(dataset, 'SOPInstanceUID'), 'SOPInstanceUID');
  return { sopInstanceUID, sopClassUID: text(dataset, 'SOPClassUID'), dataset };
}
