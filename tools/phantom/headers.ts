import { type KeywordValues, uidFromDigest } from '@maskwright/dicom';
import type { Habitus } from './habitus.ts';

/** What identifies one phantom study; the same identity gives the same UIDs. */
export interface Identity {
  /** As in "PHANTOM^CHEST 01". */
  readonly region: 'CHEST' | 'COLON';
  readonly seed: number;
  /** Tells apart studies of the same seed: kind of image and every option that changes the pixels. */
  readonly variant: string;
  readonly patient: Pick<Habitus, 'sex' | 'ageYears'>;
}

export const SOP_CLASSES = {
  CR: '1.2.840.10008.5.1.4.1.1.1',
  DX: '1.2.840.10008.5.1.4.1.1.1.1',
  CT: '1.2.840.10008.5.1.4.1.1.2',
  ES: '1.2.840.10008.5.1.4.1.1.77.1.1',
} as const;
export type Modality = keyof typeof SOP_CLASSES;

export const REGIONS = {
  chest: code('51185008', 'SCT', 'Chest'),
  colon: code('71854001', 'SCT', 'Colon'),
} as const;

export function code(CodeValue: string, CodingSchemeDesignator: string, CodeMeaning: string): KeywordValues {
  return { CodeValue, CodingSchemeDesignator, CodeMeaning };
}

/** Patient, General Study, General Series, General Equipment and SOP Common modules (PS3.3 C.7, C.12.1). */
export function commonHeader(identity: Identity, modality: Modality, instanceNumber: number): KeywordValues {
  const { region, seed, variant, patient } = identity;
  const date = new Date(Date.UTC(2026, 0, 1 + (seed % 365)));
  const studyDate = date.toISOString().slice(0, 10).replaceAll('-', '');
  const time = `${String(8 + (seed % 9)).padStart(2, '0')}${String((seed * 7) % 60).padStart(2, '0')}00`;
  return {
    SpecificCharacterSet: 'ISO_IR 192',
    SOPClassUID: SOP_CLASSES[modality],
    SOPInstanceUID: uidOf(identity, 'instance', instanceNumber),
    InstanceCreationDate: studyDate,
    InstanceCreationTime: time,
    PatientName: `PHANTOM^${region} ${String(seed).padStart(2, '0')}`,
    PatientID: `PHANTOM-${region}-${String(seed).padStart(2, '0')}`,
    PatientBirthDate: `${date.getUTCFullYear() - patient.ageYears}0101`,
    PatientSex: patient.sex,
    PatientAge: `${String(patient.ageYears).padStart(3, '0')}Y`,
    PatientComments: 'Not a person: computed from quadrics',
    QualityControlSubject: 'YES',
    StudyInstanceUID: uidOf(identity, 'study'),
    StudyDate: studyDate,
    StudyTime: time,
    StudyID: String(seed),
    AccessionNumber: `PH${String(seed).padStart(6, '0')}`,
    ReferringPhysicianName: '',
    StudyDescription: `Phantom ${variant}`.slice(0, 64),
    SeriesInstanceUID: uidOf(identity, 'series'),
    SeriesNumber: '1',
    SeriesDate: studyDate,
    SeriesTime: time,
    Modality: modality,
    Manufacturer: 'Maskwright',
    ManufacturerModelName: 'Phantom generator',
    DeviceSerialNumber: '1',
    SoftwareVersions: '1',
    InstanceNumber: String(instanceNumber),
    ContentDate: studyDate,
    ContentTime: time,
    AcquisitionDate: studyDate,
    AcquisitionTime: time,
    AcquisitionNumber: '1',
    BurnedInAnnotation: 'NO',
    LossyImageCompression: '00',
  };
}

export function uidOf({ region, seed, variant }: Identity, ...what: readonly (string | number)[]): string {
  return uidFromDigest('maskwright-phantom', region, String(seed), variant, ...what.map(String));
}

/** Image Pixel module of grey pixels in 16 bits (PS3.3 C.7.6.3). */
export function greyPixels(
  pixels: Uint16Array | Int16Array,
  rows: number,
  columns: number,
  { photometric, bitsStored }: { readonly photometric: 'MONOCHROME1' | 'MONOCHROME2'; readonly bitsStored: number },
): KeywordValues {
  return {
    SamplesPerPixel: 1,
    PhotometricInterpretation: photometric,
    Rows: rows,
    Columns: columns,
    BitsAllocated: 16,
    BitsStored: bitsStored,
    HighBit: bitsStored - 1,
    PixelRepresentation: pixels instanceof Int16Array ? 1 : 0,
    PixelData: littleEndian(pixels),
  };
}

/** Image Pixel module of RGB, colour by pixel. */
export function colourPixels(pixels: Uint8Array, rows: number, columns: number): KeywordValues {
  const PixelData = new Uint8Array(pixels.length + (pixels.length % 2));
  PixelData.set(pixels);
  return {
    SamplesPerPixel: 3,
    PhotometricInterpretation: 'RGB',
    PlanarConfiguration: 0,
    Rows: rows,
    Columns: columns,
    BitsAllocated: 8,
    BitsStored: 8,
    HighBit: 7,
    PixelRepresentation: 0,
    PixelData,
  };
}

/** Decimal string of at most 16 characters (PS3.5 section 6.2). */
export function decimal(value: number): string {
  for (let digits = 12; digits > 0; digits -= 1) {
    const text = String(Number(value.toPrecision(digits)));
    if (text.length <= 16) return text;
  }
  return value.toExponential(6);
}

function littleEndian(pixels: Uint16Array | Int16Array): Uint8Array {
  const bytes = new Uint8Array(pixels.length * 2);
  const view = new DataView(bytes.buffer);
  pixels.forEach((pixel, i) => {
    view.setUint16(2 * i, pixel & 0xffff, true);
  });
  return bytes;
}
