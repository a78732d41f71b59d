import { copyElements, type DataSet, type Instance, type KeywordValues, text } from '@maskwright/dicom';

/** Type 2 in the patient and general study modules: there, if only empty. */
const ALWAYS = [
  'PatientName',
  'PatientID',
  'PatientBirthDate',
  'PatientSex',
  'StudyDate',
  'StudyTime',
  'ReferringPhysicianName',
  'StudyID',
  'AccessionNumber',
];
/** Taken over where the source gives them a value. */
const WHERE_GIVEN = [
  'IssuerOfPatientID',
  'OtherPatientIDs',
  'PatientAge',
  'PatientSize',
  'PatientWeight',
  'EthnicGroup',
  'PatientIdentityRemoved',
  'DeidentificationMethod',
  'DeidentificationMethodCodeSequence',
  'LongitudinalTemporalInformationModified',
  'StudyDescription',
  'ProcedureCodeSequence',
  'IssuerOfAccessionNumberSequence',
  'PhysiciansOfRecord',
  'BodyPartExamined',
  'Laterality',
  'TimezoneOffsetFromUTC',
  'ClinicalTrialSponsorName',
  'ClinicalTrialProtocolID',
  'ClinicalTrialProtocolName',
  'ClinicalTrialSiteID',
  'ClinicalTrialSiteName',
  'ClinicalTrialSubjectID',
  'ClinicalTrialSubjectReadingID',
];

/** Patient and study of the source: a SEG belongs to the study of its images (PS3.3 A.51). */
export function patientAndStudy(dataset: DataSet): KeywordValues {
  const empty = Object.fromEntries(ALWAYS.map((keyword) => [keyword, '']));
  // dciodvfy and PS3.3 forbid an empty Laterality; the others say nothing when empty.
  const given = Object.entries(copyElements(dataset, WHERE_GIVEN)).filter(([, value]) => !isEmpty(value));
  return { ...empty, ...copyElements(dataset, ALWAYS), ...Object.fromEntries(given) };
}
function isEmpty(value: KeywordValues[string]): boolean {
  return Array.isArray(value) ? value.every((one) => one === '') : value === '';
}

/** JPEG baseline, extended; JPEG-LS near-lossless; JPEG 2000; HTJ2K: what may be lossy without an attribute that says so. */
const LOSSY_SYNTAXES: Readonly<Record<string, string>> = {
  '1.2.840.10008.1.2.4.50': 'ISO_10918_1',
  '1.2.840.10008.1.2.4.51': 'ISO_10918_1',
  '1.2.840.10008.1.2.4.81': 'ISO_14495_1',
};

/** A mask of a lossy image is itself of a lossy image (PS3.3 C.7.6.1.1.5); one lossy source is enough. */
export function lossyCompression(instances: readonly Instance[]): KeywordValues {
  const lossy = instances.find(
    ({ dataset, transferSyntaxUID }) =>
      text(dataset, 'LossyImageCompression') === '01' || transferSyntaxUID in LOSSY_SYNTAXES,
  );
  if (!lossy) return { LossyImageCompression: '00' };
  const method = LOSSY_SYNTAXES[lossy.transferSyntaxUID];
  return {
    LossyImageCompression: '01',
    ...(method ? { LossyImageCompressionMethod: method } : {}),
    ...Object.fromEntries(
      Object.entries(copyElements(lossy.dataset, ['LossyImageCompressionRatio', 'LossyImageCompressionMethod'])).filter(
        ([, value]) => !isEmpty(value),
      ),
    ),
  };
}
