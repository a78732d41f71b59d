import dcmjs from 'dcmjs';
import type { DataSet, Element } from './dataset.ts';
import { tagOf } from './dictionary.ts';
import { copied, type LargeElements, requireToBeLast, withLargeElements } from './large-elements.ts';
import type { StoredPixels } from './stored-pixels.ts';
import { listOf, toDcmjs, vrFor } from './to-dcmjs.ts';
import type { SeriesInstanceUID, SOPInstanceUID, StudyInstanceUID } from './uid.ts';
import { BINARY_WIDTH } from './value-representation.ts';

/** One DICOM object: its data set with the four identifiers that every composite object has. */
export interface Instance {
  readonly dataset: DataSet;
  readonly transferSyntaxUID: string;
  readonly sopClassUID: string;
  readonly studyInstanceUID: StudyInstanceUID;
  readonly seriesInstanceUID: SeriesInstanceUID;
  readonly sopInstanceUID: SOPInstanceUID;
  /** Encapsulated: one entry a frame. Native: one entry with all frames, little-endian. Absent: no pixel data; no entries: empty. */
  readonly pixelData?: readonly Uint8Array[];
  /** Instead of `pixelData` where that is in a file. */
  readonly storedPixels?: StoredPixels;
  /** What was wrong with the encoding and could be read all the same. */
  readonly oddities?: readonly string[];
}

/** Values of a data set to be written, by DICOM keyword; a sequence is an array of such objects. */
export interface KeywordValues {
  readonly [keyword: string]: KeywordValue;
}
export type KeywordValue =
  | string
  | number
  | Uint8Array
  | Uint16Array
  | Int16Array
  | readonly string[]
  | readonly number[]
  | KeywordValues
  | readonly KeywordValues[];

const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
const UTF_8 = 'ISO_IR 192';
/** PS3.7 annex D.3.3.2: who wrote the file. */
const IMPLEMENTATION_CLASS_UID = '2.25.80923429478123742871927384618273461827';

/** Data set in the JSON model from values by keyword; VRs come from the dictionary and the pixel description. */
export function datasetOf(values: KeywordValues, root: KeywordValues = values): DataSet {
  return Object.fromEntries(
    Object.entries(values).map(([keyword, value]) => {
      const tag = tagOf(keyword);
      return [tag, elementOf(vrFor(tag, root, value), value, root)];
    }),
  );
}

function elementOf(vr: string, value: KeywordValue, root: KeywordValues): Element {
  const list = listOf(value);
  const [first] = list;
  if (vr in BINARY_WIDTH && ArrayBuffer.isView(first)) {
    return { vr, InlineBinary: Buffer.from(first.buffer, first.byteOffset, first.byteLength).toString('base64') };
  }
  const Value = list.map((one) => {
    if (vr === 'SQ' && typeof one === 'object') return datasetOf(one as KeywordValues, root);
    return vr === 'PN' && typeof one === 'string' ? personName(one) : one;
  });
  return { vr, ...(Value.length > 0 ? { Value } : {}) };
}
function personName(name: string): Record<string, string> {
  const [Alphabetic = '', Ideographic, Phonetic] = name.split('=');
  return { Alphabetic, ...(Ideographic ? { Ideographic } : {}), ...(Phonetic ? { Phonetic } : {}) };
}

/**
 * Writes a Part 10 file in Explicit VR Little Endian, native pixel data, text in UTF-8. `values` must hold SOPClassUID
 * and SOPInstanceUID; PixelData may be among them or among the large elements.
 * @throws TypeError also where there are large elements that `values` hold as well, or that would not be the last
 */
export function writePart10(values: KeywordValues, large: LargeElements = {}): Uint8Array {
  const { SOPClassUID, SOPInstanceUID, PixelData, ...others } = values;
  if (typeof SOPClassUID !== 'string' || typeof SOPInstanceUID !== 'string')
    throw new TypeError('SOPClassUID and SOPInstanceUID are needed');
  requireToBeLast(large, others);
  const file = new dcmjs.data.DicomDict(
    toDcmjs({
      FileMetaInformationVersion: Uint8Array.of(0, 1),
      MediaStorageSOPClassUID: SOPClassUID,
      MediaStorageSOPInstanceUID: SOPInstanceUID,
      TransferSyntaxUID: EXPLICIT_LITTLE_ENDIAN,
      ImplementationClassUID: IMPLEMENTATION_CLASS_UID,
      ImplementationVersionName: 'MASKWRIGHT',
    }),
  );
  file.dict = toDcmjs({ SOPClassUID, SOPInstanceUID, ...others, SpecificCharacterSet: UTF_8 }, values);
  // Lengths of values are ours to keep: dcmjs would cut them and print them, and they may be a patient's.
  const head = new Uint8Array(file.write({ fragmentMultiframe: false, allowInvalidVRLength: true }));
  const pixelData = PixelData === undefined ? large.pixelData : copied(PixelData);
  return withLargeElements(head, { ...large, pixelData }, values);
}
