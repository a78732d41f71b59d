import { inflateRawSync } from 'node:zlib';
import { MaskwrightError } from '@maskwright/errors';
import { type DataSet, number, required, text } from './dataset.ts';
import type { Encoding } from './element-cursor.ts';
import { type ReadDataSet, readElements } from './element-reader.ts';
import { framesOf } from './encapsulated.ts';
import type { Instance } from './part10.ts';
import type { PixelElement } from './pixel-element.ts';
import { parseUid } from './uid.ts';
import { swapWords } from './value-representation.ts';

const IMPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2';
const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
const DEFLATED = '1.2.840.10008.1.2.1.99';
const BIG_ENDIAN = '1.2.840.10008.1.2.2';
const NATIVE = new Set([IMPLICIT_LITTLE_ENDIAN, EXPLICIT_LITTLE_ENDIAN, DEFLATED, BIG_ENDIAN]);
/** A deflated data set may grow to this much anyway, and beyond it by this factor: images deflate to a third or a half. */
const INFLATED_FREELY = 64 * 1024 * 1024;
const INFLATED_FACTOR = 16;

/**
 * Parses a DICOM Part 10 file (PS3.10), also one without preamble and file meta information. Nothing that the file
 * claims is trusted: lengths, depths and sizes are bounded by the bytes that are there. Native pixel data come out
 * little-endian whatever the transfer syntax was.
 * @throws MaskwrightError NOT_DICOM, DICOM_MALFORMED, DICOM_MISSING
 */
export function parsePart10(bytes: Uint8Array): Instance {
  const object = parseObject(bytes);
  const uid = (keyword: string): string => required(text(object.dataset, keyword), keyword);
  return {
    ...object,
    sopClassUID: uid('SOPClassUID'),
    studyInstanceUID: parseUid(uid('StudyInstanceUID'), 'StudyInstanceUID'),
    seriesInstanceUID: parseUid(uid('SeriesInstanceUID'), 'SeriesInstanceUID'),
    sopInstanceUID: parseUid(uid('SOPInstanceUID'), 'SOPInstanceUID'),
  };
}

/** What a file holds before its identifiers are judged: for looking at files that are not fit for use. */
export type DicomObject = Pick<Instance, 'dataset' | 'transferSyntaxUID' | 'pixelData' | 'oddities'>;

/** As {@link parsePart10}, without asking for identifiers. */
export function parseObject(bytes: Uint8Array): DicomObject {
  const { body, start, transferSyntaxUID, meta, oddities } = openFile(bytes);
  const read = readElements(body, start, encodingOf(transferSyntaxUID, body, start));
  const { dataset } = read;
  const found = new Set([...oddities, ...read.oddities]);
  for (const oddity of oddIdentity(meta, dataset)) found.add(oddity);
  if (transferSyntaxUID !== BIG_ENDIAN && looksExplicit(body, start) === (transferSyntaxUID === IMPLICIT_LITTLE_ENDIAN))
    found.add('the data set is not in the transfer syntax that is said');
  const pixelData = read.pixels && pixelsOf(read.pixels, dataset, transferSyntaxUID, (oddity) => found.add(oddity));
  return {
    dataset,
    transferSyntaxUID,
    ...(pixelData ? { pixelData } : {}),
    ...(found.size > 0 ? { oddities: [...found] } : {}),
  };
}

interface Opened {
  readonly body: Uint8Array;
  readonly start: number;
  readonly transferSyntaxUID: string;
  /** File meta information. */
  readonly meta: DataSet;
  readonly oddities: readonly string[];
}

function openFile(bytes: Uint8Array): Opened {
  const marked = bytes.length >= 132 && Buffer.from(bytes.subarray(128, 132)).toString('latin1') === 'DICM';
  if (!marked) return openBare(bytes);
  const meta = readMeta(bytes, 132);
  const transferSyntaxUID = text(meta.dataset, 'TransferSyntaxUID');
  if (transferSyntaxUID === undefined) {
    const nothing = bytes.length - meta.end < 8 ? 'the file ends after its preamble: no file meta information, ' : '';
    throw new MaskwrightError('DICOM_MISSING', `${nothing}no transfer syntax: TransferSyntaxUID is missing`);
  }
  return {
    ...inflated(bytes, meta.end, transferSyntaxUID),
    transferSyntaxUID,
    meta: meta.dataset,
    oddities: oddMeta(meta),
  };
}

/** File meta information is explicit little-endian; files that have it in implicit VR occur. */
function readMeta(bytes: Uint8Array, start: number): ReadDataSet & { end: number } {
  return readElements(bytes, start, { explicit: true, littleEndian: true }, '0002');
}
function oddMeta(meta: ReadDataSet & { end: number }): string[] {
  const stated = number(meta.dataset, 'FileMetaInformationGroupLength');
  const actual = meta.end - 132 - 12;
  const wrong = stated !== undefined && stated !== actual ? ['file meta group length is wrong'] : [];
  return [...meta.oddities, ...wrong];
}

function oddIdentity(meta: DataSet, dataset: DataSet): string[] {
  return ['SOPInstanceUID', 'SOPClassUID'].flatMap((keyword) => {
    const [inMeta, inDataset] = [text(meta, `MediaStorage${keyword}`), text(dataset, keyword)];
    const differs = inMeta !== undefined && inDataset !== undefined && inMeta !== inDataset;
    return differs ? [`MediaStorage${keyword} differs from ${keyword}; the data set counts`] : [];
  });
}

/** Without preamble: only where the first bytes are an element of group 2 or 8. */
function openBare(bytes: Uint8Array): Opened {
  const [group, high] = bytes;
  if (bytes.length < 16 || (group !== 2 && group !== 8) || high !== 0 || bytes[3] !== 0) {
    throw new MaskwrightError('NOT_DICOM', 'not a DICOM file: no DICM mark at byte 128');
  }
  const meta = group === 2 ? readMeta(bytes, 0) : undefined;
  const start = meta?.end ?? 0;
  const transferSyntaxUID = (meta && text(meta.dataset, 'TransferSyntaxUID')) ?? guessSyntax(bytes, start);
  const guessed = looksExplicit(bytes, start) ? 'explicit' : 'implicit';
  return {
    ...inflated(bytes, start, transferSyntaxUID),
    transferSyntaxUID,
    meta: meta?.dataset ?? {},
    oddities: [meta ? 'no preamble' : `no preamble, read as ${guessed} little-endian`],
  };
}
function guessSyntax(bytes: Uint8Array, start: number): string {
  return looksExplicit(bytes, start) ? EXPLICIT_LITTLE_ENDIAN : IMPLICIT_LITTLE_ENDIAN;
}
function looksExplicit(bytes: Uint8Array, start: number): boolean {
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

/** By the transfer syntax; where the first element shows that it lies about explicit VR, by what is there. */
function encodingOf(syntax: string, body: Uint8Array, start: number): Encoding {
  if (syntax === BIG_ENDIAN) return { explicit: true, littleEndian: false };
  return { explicit: looksExplicit(body, start), littleEndian: true };
}

function pixelsOf(
  pixels: PixelElement,
  dataset: DataSet,
  syntax: string,
  odd: (oddity: string) => void,
): readonly Uint8Array[] {
  const { native, fragments } = pixels;
  if (fragments) {
    if (NATIVE.has(syntax))
      throw new MaskwrightError('DICOM_MALFORMED', 'PixelData in fragments under a native syntax');
    const frames = Math.max(1, number(dataset, 'NumberOfFrames') ?? 1);
    const offsets = extendedOffsets(dataset);
    return framesOf(fragments, { frames, ...(offsets ? { extendedOffsets: offsets } : {}) }, odd);
  }
  if (!native || native.length === 0) return [];
  const word = Math.max((number(dataset, 'BitsAllocated') ?? 8) / 8, pixels.vr === 'OW' ? 2 : 1);
  return [syntax === BIG_ENDIAN && Number.isInteger(word) && word <= 8 ? swapWords(native, word) : native];
}

function extendedOffsets(dataset: DataSet): number[] | undefined {
  const encoded = dataset['7FE00001']?.InlineBinary;
  if (encoded === undefined) return undefined;
  const bytes = Buffer.from(encoded, 'base64');
  return Array.from({ length: Math.floor(bytes.length / 8) }, (_, index) => Number(bytes.readBigUInt64LE(index * 8)));
}
