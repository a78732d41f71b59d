import {
  codes,
  copyElements,
  type DataSet,
  type Instance,
  type KeywordValue,
  type KeywordValues,
  text,
} from '@maskwright/dicom';
import { codeItem, fit, UTC_OFFSET } from './text-values.ts';

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
/** Taken over where the source gives them a value that their VR allows. Laterality is not among them: a SEG has none. */
const WHERE_GIVEN = [
  'IssuerOfPatientID',
  'OtherPatientIDs',
  'PatientAge',
  'PatientSize',
  'PatientWeight',
  'EthnicGroup',
  'LongitudinalTemporalInformationModified',
  'StudyDescription',
  'PhysiciansOfRecord',
  'BodyPartExamined',
  'TimezoneOffsetFromUTC',
  'ClinicalTrialSponsorName',
  'ClinicalTrialProtocolID',
  'ClinicalTrialProtocolName',
  'ClinicalTrialSiteID',
  'ClinicalTrialSiteName',
  'ClinicalTrialSubjectID',
  'ClinicalTrialSubjectReadingID',
];

/**
 * Patient and study of the source: a SEG belongs to the study of its images (PS3.3 A.51). What names patient and study is
 * taken over as it is, even where it breaks its VR, because archives compare it.
 */
export function patientAndStudy(dataset: DataSet): KeywordValues {
  const empty = Object.fromEntries(ALWAYS.map((keyword) => [keyword, '']));
  const given = Object.entries(copyElements(dataset, WHERE_GIVEN)).filter(
    ([keyword, value]) => !isEmpty(value) && isAllowed(keyword, value),
  );
  return {
    ...empty,
    ...copyElements(dataset, ALWAYS),
    ...Object.fromEntries(given),
    ...codesOf(dataset, 'ProcedureCodeSequence'),
    ...deidentification(dataset),
  };
}
function isEmpty(value: KeywordValue): boolean {
  return Array.isArray(value) ? value.every((one) => one === '') : value === '';
}

const FORMS: Readonly<Record<string, RegExp>> = {
  PatientAge: /^\d{3}[DWMY]$/,
  BodyPartExamined: /^[A-Z0-9_ ]{1,16}$/,
  LongitudinalTemporalInformationModified: /^(UNMODIFIED|MODIFIED|REMOVED)$/,
  TimezoneOffsetFromUTC: UTC_OFFSET,
};
function isAllowed(keyword: string, value: KeywordValue): boolean {
  const form = FORMS[keyword];
  return !form || [value].flat().every((one) => typeof one === 'string' && form.test(one.trimEnd()));
}

/** Complete codes only. */
function codesOf(dataset: DataSet, keyword: string): KeywordValues {
  const found = codes(dataset, keyword).filter(({ meaning }) => meaning !== '');
  return found.length > 0 ? { [keyword]: found.map(codeItem) } : {};
}

/** PS3.3 C.7.1.1: whoever says that identity was removed must say how. */
function deidentification(dataset: DataSet): KeywordValues {
  if (text(dataset, 'PatientIdentityRemoved') !== 'YES') return {};
  const method = text(dataset, 'DeidentificationMethod') ?? 'As the source images, which do not say how';
  return {
    PatientIdentityRemoved: 'YES',
    DeidentificationMethod: fit(method, 'LO'),
    ...codesOf(dataset, 'DeidentificationMethodCodeSequence'),
  };
}

/** JPEG baseline and extended, JPEG-LS near-lossless: lossy even where no attribute says so. */
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
