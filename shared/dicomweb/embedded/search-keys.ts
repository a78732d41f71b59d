/** Attributes that a search answers with (PS3.18 section 10.6.3.3), as far as the instances have them. */
export const STUDY_KEYS = [
  'StudyInstanceUID',
  'StudyDate',
  'StudyTime',
  'AccessionNumber',
  'PatientID',
  'PatientName',
  'PatientSex',
  'PatientBirthDate',
  'StudyID',
  'StudyDescription',
  'ReferringPhysicianName',
] as const;

export const SERIES_KEYS = [
  'StudyInstanceUID',
  'SeriesInstanceUID',
  'Modality',
  'SeriesNumber',
  'SeriesDescription',
  'BodyPartExamined',
  'SeriesDate',
  'SeriesTime',
  'Laterality',
] as const;

export const INSTANCE_KEYS = [
  'StudyInstanceUID',
  'SeriesInstanceUID',
  'SOPInstanceUID',
  'SOPClassUID',
  'InstanceNumber',
  'Rows',
  'Columns',
  'BitsAllocated',
  'NumberOfFrames',
] as const;
