import {
  type KeywordValues,
  type SeriesInstanceUID,
  type SOPInstanceUID,
  type StudyInstanceUID,
  uidFromDigest,
  writePart10,
} from '@maskwright/dicom';

export interface SyntheticSeries {
  readonly study: StudyInstanceUID;
  readonly series: SeriesInstanceUID;
  readonly slices: number;
}

const SIDE = 512;

/** The identity of a CT series of so many slices: the same each time. */
export function syntheticSeries(slices: number): SyntheticSeries {
  return {
    study: uidFromDigest<StudyInstanceUID>('bench study', String(slices)),
    series: uidFromDigest<SeriesInstanceUID>('bench series', String(slices)),
    slices,
  };
}

/** What every slice of a CT of 512 × 512 has, but its UIDs and its pixels. */
export function ctHeader(slice: number): KeywordValues {
  return {
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
    Modality: 'CT',
    ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
    PatientName: 'Bench^Mark',
    PatientID: 'BENCH',
    PatientBirthDate: '',
    PatientSex: 'O',
    StudyDate: '20260102',
    StudyTime: '101112',
    StudyID: '1',
    AccessionNumber: '',
    ReferringPhysicianName: '',
    Manufacturer: 'Bench',
    SeriesNumber: 2,
    InstanceNumber: slice + 1,
    ImageOrientationPatient: ['1', '0', '0', '0', '1', '0'],
    ImagePositionPatient: ['-180', '-180', String(2 * slice)],
    PixelSpacing: ['0.7', '0.7'],
    SliceThickness: '2',
    PositionReferenceIndicator: '',
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: SIDE,
    Columns: SIDE,
    BitsAllocated: 16,
    BitsStored: 16,
    HighBit: 15,
    PixelRepresentation: 1,
  };
}

/** One slice of 512 × 512: a body of water in air, with the noise of a scanner; 12 bits in 16, not compressed. */
export function ctSlice({ study, series }: Omit<SyntheticSeries, 'slices'>, slice: number): Uint8Array {
  const pixels = new Int16Array(SIDE * SIDE);
  let noise = slice + 1;
  for (let y = 0; y < SIDE; y += 1) {
    for (let x = 0; x < SIDE; x += 1) {
      noise = (Math.imul(noise, 1_664_525) + 1_013_904_223) | 0;
      const inside = ((x - 256) / 200) ** 2 + ((y - 256) / 150) ** 2 < 1;
      pixels[y * SIDE + x] = (inside ? 1024 : 24) + (noise >>> 27);
    }
  }
  return writePart10({
    ...ctHeader(slice),
    SOPInstanceUID: uidFromDigest<SOPInstanceUID>(series, String(slice)),
    StudyInstanceUID: study,
    SeriesInstanceUID: series,
    FrameOfReferenceUID: uidFromDigest<SOPInstanceUID>(study, 'frame of reference'),
    StudyDescription: 'Abdomen',
    SeriesDescription: 'Venous 2.0',
    BodyPartExamined: 'ABDOMEN',
    KVP: '120',
    ConvolutionKernel: 'B30f',
    WindowCenter: '40',
    WindowWidth: '400',
    RescaleIntercept: '-1024',
    RescaleSlope: '1',
    RescaleType: 'HU',
    PixelData: pixels,
  });
}
