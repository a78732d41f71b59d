import { inflateRawSync } from 'node:zlib';
import { MaskwrightError } from '@maskwright/errors';
import { type DataSet, number, text } from './dataset.ts';
import { type ReadDataSet, readElements } from './element-reader.ts';

export const IMPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2';
export const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
export const DEFLATED = '1.2.840.10008.1.2.1.99';
export const BIG_ENDIAN = '1.2.840.10008.1.2.2';
/** A deflated data set may grow to this much anyway, and beyond it by this factor: images deflate to a third or a half. */
const INFLATED_FREELY = 64 * 1024 * 1024;
const INFLATED_FACTOR = 16;

/** A file up to its data set. */
export interface FileHead {
  /** Where the data set begins: in the file, deflated where its transfer syntax says so. */
  readonly start: number;
  /** File meta information. */
  readonly meta: DataSet;
  readonly oddities: readonly string[];
}

/** As `FileHead`, with the data set, which begins at `start` of `body` and is inflated where it was deflated. */
export interface Opened extends FileHead {
  readonly body: Uint8Array;
  readonly transferSyntaxUID: string;
}

/**
 * Preamble and file meta information (PS3.10 section 7.1), or a data set without them.
 * @throws MaskwrightError NOT_DICOM, DICOM_MALFORMED, DICOM_MISSING
 */
export function openFile(bytes: Uint8Array): Opened {
  const head = readFileHead(bytes);
  const { start, meta } = head;
  const transferSyntaxUID = text(meta, 'TransferSyntaxUID') ?? syntaxUnsaid(bytes, start);
  return { ...head, ...inflated(bytes, start, transferSyntaxUID), transferSyntaxUID };
}

/**
 * As `openFile`, without a look at the data set: it may be broken.
 * @throws MaskwrightError NOT_DICOM, DICOM_MALFORMED
 */
export function readFileHead(bytes: Uint8Array): FileHead {
  if (isMarked(bytes)) {
    const meta = readMeta(bytes, 132);
    return { start: meta.end, meta: meta.dataset, oddities: oddMeta(meta) };
  }
  // Without preamble: only where the first bytes are an element of group 2 or 8.
  const [group, high] = bytes;
  if (bytes.length < 16 || (group !== 2 && group !== 8) || high !== 0 || bytes[3] !== 0) {
    throw new MaskwrightError('NOT_DICOM', 'not a DICOM file: no DICM mark at byte 128');
  }
  if (group === 2) {
    const meta = readMeta(bytes, 0);
    return { start: meta.end, meta: meta.dataset, oddities: ['no preamble'] };
  }
  const guessed = looksExplicit(bytes, 0) ? 'explicit' : 'implicit';
  return { start: 0, meta: {}, oddities: [`no preamble, read as ${guessed} little-endian`] };
}

function isMarked(bytes: Uint8Array): boolean {
  return bytes.length >= 132 && Buffer.from(bytes.subarray(128, 132)).toString('latin1') === 'DICM';
}

/** File meta information is explicit little-endian; files that have it in implicit VR occur. */
function readMeta(bytes: Uint8Array, start: number): ReadDataSet & { end: number } {
  return readElements(bytes, start, { explicit: true, littleEndian: true }, { group: '0002' });
}
function oddMeta(meta: ReadDataSet & { end: number }): string[] {
  const stated = number(meta.dataset, 'FileMetaInformationGroupLength');
  const actual = meta.end - 132 - 12;
  const wrong = stated !== undefined && stated !== actual ? ['file meta group length is wrong'] : [];
  return [...meta.oddities, ...wrong];
}

/** Who leaves out the preamble too is taken by the looks of the data set. */
function syntaxUnsaid(bytes: Uint8Array, start: number): string {
  if (!isMarked(bytes)) return looksExplicit(bytes, start) ? EXPLICIT_LITTLE_ENDIAN : IMPLICIT_LITTLE_ENDIAN;
  const nothing = bytes.length - start < 8 ? 'the file ends after its preamble: no file meta information, ' : '';
  throw new MaskwrightError('DICOM_MISSING', `${nothing}no transfer syntax: TransferSyntaxUID is missing`);
}
/** Whether a VR stands where explicit VR has it in the first element. */
export function looksExplicit(bytes: Uint8Array, start: number): boolean {
  return /^[A-Z]{2}$/.test(String.fromCharCode(bytes[start + 4] ?? 0, bytes[start + 5] ?? 0));
}

function inflated(bytes: Uint8Array, start: number, syntax: string): { body: Uint8Array; start: number } {
  if (syntax !== DEFLATED) return { body: bytes, start };
  const most = Math.max(INFLATED_FREELY, INFLATED_FACTOR * (bytes.length - start));
  try {
    return { body: inflateRawSync(bytes.subarray(start), { maxOutputLength: most }), start: 0 };
  } catch (cause) {
    const tooLarge = cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE';
    throw new MaskwrightError(
      'DICOM_MALFORMED',
      tooLarge ? `inflated data too large (more than ${most} bytes)` : 'cannot inflate the data set',
      { cause },
    );
  }
}
