import { parsePart10, parseUid, type SOPInstanceUID } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';

/** VRs whose length is a 32-bit one after two reserved bytes (PS3.5 section 7.1.2), as far as group 2 has them. */
const LONG = new Set(['OB', 'UN', 'UT']);
const MEDIA_STORAGE_SOP_INSTANCE_UID = 0x0003;

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
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (bytes.subarray(128, 132).toString('latin1') !== 'DICM') return undefined;
  for (let at = 132; at + 12 <= bytes.length && bytes.readUInt16LE(at) === 2; ) {
    const long = LONG.has(bytes.subarray(at + 4, at + 6).toString('latin1'));
    const length = long ? bytes.readUInt32LE(at + 8) : bytes.readUInt16LE(at + 6);
    const start = at + (long ? 12 : 8);
    if (bytes.readUInt16LE(at + 2) === MEDIA_STORAGE_SOP_INSTANCE_UID) return uidOrNothing(bytes, start, length);
    at = start + length;
  }
  return undefined;
}

function uidOrNothing(bytes: Buffer, start: number, length: number): SOPInstanceUID | undefined {
  if (start + length > bytes.length) return undefined;
  try {
    return parseUid(bytes.subarray(start, start + length).toString('latin1'), 'MediaStorageSOPInstanceUID');
  } catch (error) {
    if (error instanceof MaskwrightError) return undefined;
    throw error;
  }
}
