import { type AnyUID, type DataSet, parseUid, text } from '@maskwright/dicom';
import { describeError, MaskwrightError } from '@maskwright/errors';

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
