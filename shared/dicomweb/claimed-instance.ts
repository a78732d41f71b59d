import { parsePart10, parseUid, readFileHead, type SOPInstanceUID, text } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';

/**
 * The instance that a file is, or, where its data set is broken, says to be in its file meta information (PS3.10
 * section 7.1): so that a failure can be told of the right one.
 * @throws MaskwrightError NOT_DICOM, DICOM_MALFORMED, DICOM_MISSING where it says nothing
 */
export function claimedInstance(file: Uint8Array): SOPInstanceUID {
  try {
    return parsePart10(file).sopInstanceUID;
  } catch (error) {
    const claimed = error instanceof MaskwrightError ? uidInFileMeta(file) : undefined;
    if (claimed === undefined) throw error;
    return claimed;
  }
}

/**
 * Of files that are to be stored. What cannot be told of by an identifier is not sent at all, nor are the others, so
 * that nothing can be lost without a word.
 * @throws MaskwrightError as `claimedInstance`, naming the file by its place
 */
export function claimedInstances(files: readonly Uint8Array[]): SOPInstanceUID[] {
  return files.map((file, index) => {
    try {
      return claimedInstance(file);
    } catch (cause) {
      if (!(cause instanceof MaskwrightError)) throw cause;
      const where = `file ${index + 1} of ${files.length} to be stored`;
      throw new MaskwrightError(cause.code, `${where}: ${cause.message}`, { cause });
    }
  });
}

function uidInFileMeta(file: Uint8Array): SOPInstanceUID | undefined {
  try {
    const { meta } = readFileHead(file);
    return parseUid(text(meta, 'MediaStorageSOPInstanceUID'), 'MediaStorageSOPInstanceUID');
  } catch (error) {
    if (error instanceof MaskwrightError) return undefined;
    throw error;
  }
}
