import { MaskwrightError } from '@maskwright/errors';
import { type DataSet, number, required, text, texts } from './dataset.ts';
import { tagOf } from './dictionary.ts';
import type { Encoding } from './element-cursor.ts';
import { type ReadDataSet, readElements } from './element-reader.ts';
import { type Encapsulation, framesOf } from './encapsulated.ts';
import {
  BIG_ENDIAN,
  DEFLATED,
  EXPLICIT_LITTLE_ENDIAN,
  IMPLICIT_LITTLE_ENDIAN,
  looksExplicit,
  type Opened,
  openFile,
} from './open-file.ts';
import type { Instance } from './part10.ts';
import type { PixelElement } from './pixel-element.ts';
import { parseUid } from './uid.ts';
import { swapWords } from './value-representation.ts';

/** Transfer syntaxes whose pixel data are one value. */
export const NATIVE: ReadonlySet<string> = new Set([
  IMPLICIT_LITTLE_ENDIAN,
  EXPLICIT_LITTLE_ENDIAN,
  DEFLATED,
  BIG_ENDIAN,
]);

/**
 * Parses a DICOM Part 10 file (PS3.10), also one without preamble and file meta information. Nothing that the file
 * claims is trusted: lengths, depths and sizes are bounded by the bytes that are there. Native pixel data come out
 * little-endian whatever the transfer syntax was.
 * @throws MaskwrightError NOT_DICOM, DICOM_MALFORMED, DICOM_MISSING
 */
export function parsePart10(bytes: Uint8Array): Instance {
  return identified(parseObject(bytes));
}

/** @throws MaskwrightError DICOM_MISSING, DICOM_MALFORMED where an identifier is */
export function identified(object: DicomObject): Instance {
  const uid = (keyword: string): string => {
    const [said, ...others] = texts(object.dataset, keyword);
    if (others.length === 0) return required(said, keyword);
    throw new MaskwrightError('DICOM_MALFORMED', `invalid UID: ${keyword} has ${others.length + 1} values`);
  };
  return {
    ...object,
    sopClassUID: uid('SOPClassUID'),
    studyInstanceUID: parseUid(uid('StudyInstanceUID'), 'StudyInstanceUID'),
    seriesInstanceUID: parseUid(uid('SeriesInstanceUID'), 'SeriesInstanceUID'),
    sopInstanceUID: parseUid(uid('SOPInstanceUID'), 'SOPInstanceUID'),
  };
}

/** What a file holds before its identifiers are judged: for looking at files that are not fit for use. */
export type DicomObject = Pick<Instance, 'dataset' | 'transferSyntaxUID' | 'pixelData' | 'storedPixels' | 'oddities'>;

/** As {@link parsePart10}, without asking for identifiers. */
export function parseObject(bytes: Uint8Array): DicomObject {
  const opened = openFile(bytes);
  const { body, start, transferSyntaxUID } = opened;
  const read = readElements(body, start, encodingOf(transferSyntaxUID, body, start));
  const { dataset } = read;
  const found = headerOddities(opened, read);
  const pixelData = read.pixels && pixelsOf(read.pixels, dataset, transferSyntaxUID, (oddity) => found.add(oddity));
  return {
    dataset,
    transferSyntaxUID,
    ...(pixelData ? { pixelData } : {}),
    ...(found.size > 0 ? { oddities: [...found] } : {}),
  };
}

export function headerOddities(
  { body, start, transferSyntaxUID, meta, oddities }: Opened,
  read: Pick<ReadDataSet, 'dataset' | 'oddities'>,
): Set<string> {
  const found = new Set([...oddities, ...read.oddities, ...oddIdentity(meta, read.dataset)]);
  if (transferSyntaxUID !== BIG_ENDIAN && looksExplicit(body, start) === (transferSyntaxUID === IMPLICIT_LITTLE_ENDIAN))
    found.add('the data set is not in the transfer syntax that is said');
  return found;
}

function oddIdentity(meta: DataSet, dataset: DataSet): string[] {
  return ['SOPInstanceUID', 'SOPClassUID'].flatMap((keyword) => {
    const [inMeta, inDataset] = [text(meta, `MediaStorage${keyword}`), text(dataset, keyword)];
    const differs = inMeta !== undefined && inDataset !== undefined && inMeta !== inDataset;
    return differs ? [`MediaStorage${keyword} differs from ${keyword}; the data set counts`] : [];
  });
}

/** By the transfer syntax; where the first element shows that it lies about explicit VR, by what is there. */
export function encodingOf(syntax: string, body: Uint8Array, start: number): Encoding {
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
    return framesOf(fragments, encapsulationOf(dataset), odd);
  }
  if (!native || native.length === 0) return [];
  const word = Math.max((number(dataset, 'BitsAllocated') ?? 8) / 8, pixels.vr === 'OW' ? 2 : 1);
  return [syntax === BIG_ENDIAN && Number.isInteger(word) && word <= 8 ? swapWords(native, word) : native];
}

export function encapsulationOf(dataset: DataSet): Encapsulation {
  const frames = Math.max(1, number(dataset, 'NumberOfFrames') ?? 1);
  const extendedOffsets = longWords(dataset, 'ExtendedOffsetTable');
  const extendedLengths = longWords(dataset, 'ExtendedOffsetTableLengths');
  return {
    frames,
    ...(extendedOffsets ? { extendedOffsets } : {}),
    ...(extendedLengths ? { extendedLengths } : {}),
  };
}
function longWords(dataset: DataSet, keyword: string): number[] | undefined {
  const encoded = dataset[tagOf(keyword)]?.InlineBinary;
  if (encoded === undefined) return undefined;
  const bytes = Buffer.from(encoded, 'base64');
  return Array.from({ length: Math.floor(bytes.length / 8) }, (_, index) => Number(bytes.readBigUInt64LE(index * 8)));
}
