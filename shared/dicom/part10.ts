import { MaskwrightError } from '@maskwright/errors';
import dcmjs from 'dcmjs';
import { type DataSet, required, text } from './dataset.ts';
import { parseUid, type SeriesInstanceUID, type SOPInstanceUID, type StudyInstanceUID } from './uid.ts';

/** One DICOM object: its data set with the four identifiers that every composite object has. */
export interface Instance {
  readonly dataset: DataSet;
  readonly transferSyntaxUID: string;
  readonly sopClassUID: string;
  readonly studyInstanceUID: StudyInstanceUID;
  readonly seriesInstanceUID: SeriesInstanceUID;
  readonly sopInstanceUID: SOPInstanceUID;
  /** Encapsulated: one entry a frame. Native: one entry with all frames. Absent: no pixel data. */
  readonly pixelData?: readonly Uint8Array[];
}

/** Values of a data set to be written, by DICOM keyword; a sequence is an array of such objects. */
export interface KeywordValues {
  readonly [keyword: string]: KeywordValue;
}
export type KeywordValue =
  | string
  | number
  | Uint8Array
  | readonly string[]
  | readonly number[]
  | KeywordValues
  | readonly KeywordValues[];

const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
/** PS3.7 annex D.3.3.2: who wrote the file. */
const IMPLEMENTATION_CLASS_UID = '2.25.80923429478123742871927384618273461827';

/**
 * Parses a DICOM Part 10 file (PS3.10).
 * @throws MaskwrightError NOT_DICOM, DICOM_MALFORMED, DICOM_MISSING
 */
export function parsePart10(bytes: Uint8Array): Instance {
  if (bytes.length < 132 || Buffer.from(bytes.subarray(128, 132)).toString('latin1') !== 'DICM') {
    throw new MaskwrightError('NOT_DICOM', 'no DICM mark at byte 128');
  }
  let parsed: ReturnType<typeof dcmjs.data.DicomMessage.readFile>;
  try {
    parsed = dcmjs.data.DicomMessage.readFile(Uint8Array.from(bytes).buffer);
  } catch (cause) {
    throw new MaskwrightError('DICOM_MALFORMED', 'the data set cannot be parsed', { cause });
  }
  const dataset = parsed.dict as DataSet;
  const transferSyntaxUID = required(text(parsed.meta as DataSet, 'TransferSyntaxUID'), 'TransferSyntaxUID');
  const { '7FE00010': pixelElement, ...rest } = dataset;
  const pixelData = pixelElement?.Value?.flatMap((part) => (part instanceof ArrayBuffer ? [new Uint8Array(part)] : []));
  return {
    dataset: rest,
    transferSyntaxUID,
    sopClassUID: required(text(dataset, 'SOPClassUID'), 'SOPClassUID'),
    studyInstanceUID: parseUid(text(dataset, 'StudyInstanceUID'), 'StudyInstanceUID'),
    seriesInstanceUID: parseUid(text(dataset, 'SeriesInstanceUID'), 'SeriesInstanceUID'),
    sopInstanceUID: parseUid(text(dataset, 'SOPInstanceUID'), 'SOPInstanceUID'),
    ...(pixelData && pixelData.length > 0 ? { pixelData } : {}),
  };
}

/** Data set in the JSON model from values by keyword; VRs come from the dictionary. */
export function datasetOf(values: KeywordValues): DataSet {
  return dcmjs.data.DicomMetaDictionary.denaturalizeDataset(toDcmjs(values)) as DataSet;
}

/**
 * Writes a Part 10 file in Explicit VR Little Endian, native pixel data. `values` must hold SOPClassUID and SOPInstanceUID.
 */
export function writePart10(values: KeywordValues): Uint8Array {
  const { SOPClassUID, SOPInstanceUID } = values;
  if (typeof SOPClassUID !== 'string' || typeof SOPInstanceUID !== 'string')
    throw new TypeError('SOPClassUID and SOPInstanceUID are needed');
  const denaturalize = dcmjs.data.DicomMetaDictionary.denaturalizeDataset;
  const file = new dcmjs.data.DicomDict(
    denaturalize({
      FileMetaInformationVersion: Uint8Array.of(0, 1).buffer,
      MediaStorageSOPClassUID: SOPClassUID,
      MediaStorageSOPInstanceUID: SOPInstanceUID,
      TransferSyntaxUID: EXPLICIT_LITTLE_ENDIAN,
      ImplementationClassUID: IMPLEMENTATION_CLASS_UID,
      ImplementationVersionName: 'MASKWRIGHT',
    }),
  );
  file.dict = denaturalize(toDcmjs(values));
  return new Uint8Array(file.write({ fragmentMultiframe: false }));
}

/** `root` holds the pixel description that decides the VRs which PS3.6 leaves open ("OB or OW", "US or SS"). */
function toDcmjs(values: KeywordValues, root: KeywordValues = values): Record<string, unknown> {
  const converted = Object.fromEntries(Object.entries(values).map(([keyword, value]) => [keyword, convert(value, root)]));
  return { ...converted, _vrMap: openVrs(values, root) };
}
function convert(value: KeywordValue, root: KeywordValues): unknown {
  if (value instanceof Uint8Array) return Uint8Array.from(value).buffer;
  if (Array.isArray(value)) return value.map((one: KeywordValue) => convert(one, root));
  return typeof value === 'object' ? toDcmjs(value as KeywordValues, root) : value;
}
/** PS3.5 A.2: OW for more than 8 bits allocated, OB here for 8 and less; US or SS by PixelRepresentation. */
function openVrs(values: KeywordValues, root: KeywordValues): Record<string, string> {
  const binary = typeof root.BitsAllocated === 'number' && root.BitsAllocated <= 8 ? 'OB' : 'OW';
  const short = root.PixelRepresentation === 1 ? 'SS' : 'US';
  const open: Readonly<Record<string, string>> = { ox: binary, xs: short };
  return Object.fromEntries(
    Object.keys(values).flatMap((keyword) => {
      const vr = open[dcmjs.data.DicomMetaDictionary.nameMap[keyword]?.vr ?? ''];
      return vr ? [[keyword, vr]] : [];
    }),
  );
}
