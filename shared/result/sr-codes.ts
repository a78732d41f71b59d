import type { CodedConcept } from '@maskwright/dicom';

function dcm(value: string, meaning: string): CodedConcept {
  return { value, scheme: 'DCM', meaning };
}
function sct(value: string, meaning: string): CodedConcept {
  return { value, scheme: 'SCT', meaning };
}
/** What no public scheme has a code for; the scheme identifies itself in CodingSchemeIdentificationSequence. */
export const OWN_SCHEME = '99MASKWRIGHT';
function own(value: string, meaning: string): CodedConcept {
  return { value, scheme: OWN_SCHEME, meaning };
}

/** Concepts of a measurement report (PS3.16 TID 1500 and the templates that it includes). */
export const CODES = {
  report: dcm('126000', 'Imaging Measurement Report'),
  language: dcm('121049', 'Language of Content Item and Descendants'),
  english: { value: 'en-US', scheme: 'RFC5646', meaning: 'English (United States)' },
  observerType: dcm('121005', 'Observer Type'),
  device: dcm('121007', 'Device'),
  deviceUid: dcm('121012', 'Device Observer UID'),
  deviceName: dcm('121013', 'Device Observer Name'),
  deviceManufacturer: dcm('121014', 'Device Observer Manufacturer'),
  deviceModel: dcm('121015', 'Device Observer Model Name'),
  deviceSerial: dcm('121016', 'Device Observer Serial Number'),
  procedureReported: dcm('121058', 'Procedure reported'),
  imagingProcedure: sct('363679005', 'Imaging procedure'),
  comment: dcm('121106', 'Comment'),
  imageLibrary: dcm('111028', 'Image Library'),
  imageLibraryGroup: dcm('126200', 'Image Library Group'),
  modality: dcm('121139', 'Modality'),
  measurements: dcm('126010', 'Imaging Measurements'),
  group: dcm('125007', 'Measurement Group'),
  trackingIdentifier: dcm('112039', 'Tracking Identifier'),
  trackingUid: dcm('112040', 'Tracking Unique Identifier'),
  findingCategory: sct('276214006', 'Finding category'),
  finding: dcm('121071', 'Finding'),
  findingSite: sct('363698007', 'Finding Site'),
  laterality: sct('272741003', 'Laterality'),
  topographicalModifier: sct('106233006', 'Topographical modifier'),
  referencedSegment: dcm('121191', 'Referenced Segment'),
  referencedSegmentationFrame: dcm('121214', 'Referenced Segmentation Frame'),
  sourceSeries: dcm('121232', 'Source series for segmentation'),
  sourceImage: dcm('121233', 'Source image for segmentation'),
  sourceOfMeasurement: dcm('121112', 'Source of Measurement'),
  algorithmName: dcm('111001', 'Algorithm Name'),
  algorithmVersion: dcm('111003', 'Algorithm Version'),
  algorithmParameters: dcm('111002', 'Algorithm Parameters'),
  presence: dcm('121052', 'Presence of property'),
  absent: sct('272519000', 'Absent'),
  method: sct('370129005', 'Measurement Method'),
  sumOfVoxels: dcm('126030', 'Sum of segmented voxel method for volume'),
  derivation: dcm('121401', 'Derivation'),
  mean: sct('373098007', 'Mean'),
  standardDeviation: sct('386136009', 'Standard Deviation'),
  minimum: sct('255605001', 'Minimum'),
  maximum: sct('56851009', 'Maximum'),
  area: sct('42798000', 'Area'),
  volume: sct('118565006', 'Volume'),
  longAxis: sct('103339001', 'Long axis'),
  shortAxis: sct('103340004', 'Short axis'),
  perimeter: sct('131191004', 'Perimeter'),
  circularity: own('circularity', 'Circularity'),
} as const;

/** CID 244: what a modifier of a target means as a laterality. */
export const LATERALITIES: ReadonlySet<string> = new Set(['7771000', '24028007', '51440002', '66459002']);

const XRAY = dcm('110850', 'X-Ray Attenuation');
const ACTIVITY = dcm('110821', 'Nuclear Medicine Tomographic Activity');
const INTENSITIES: Readonly<Record<string, CodedConcept>> = {
  CT: dcm('112031', 'Attenuation Coefficient'),
  CR: XRAY,
  DX: XRAY,
  MG: XRAY,
  RF: XRAY,
  XA: XRAY,
  MR: dcm('110852', 'MR signal intensity'),
  US: dcm('110849', 'Echogenicity'),
  PT: ACTIVITY,
  NM: ACTIVITY,
};
/** What a grey value of a modality stands for (CID 7180). */
export function intensityConcept(modality: string): CodedConcept {
  return INTENSITIES[modality] ?? own('pixel-value', 'Pixel value');
}

/** CID 29, as far as tasks select images; the meaning of others is their code. */
const MODALITIES: Readonly<Record<string, string>> = {
  CT: 'Computed Tomography',
  CR: 'Computed Radiography',
  DX: 'Digital Radiography',
  MG: 'Mammography',
  RF: 'Radiofluoroscopy',
  XA: 'X-Ray Angiography',
  MR: 'Magnetic Resonance',
  US: 'Ultrasound',
  PT: 'Positron emission tomography',
  NM: 'Nuclear Medicine',
  ES: 'Endoscopy',
  XC: 'External-camera Photography',
  OP: 'Ophthalmic Photography',
};
export function modalityConcept(modality: string): CodedConcept {
  return dcm(modality, MODALITIES[modality] ?? modality);
}
