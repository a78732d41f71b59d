/** Objects that hold results or plans, not images: no task may be asked to segment them. */
export const NEVER_SEGMENTED = [
  'SEG',
  'SR',
  'PR',
  'KO',
  'DOC',
  'RTSTRUCT',
  'RTPLAN',
  'RTDOSE',
  'REG',
  'FID',
  'RWV',
  'PLAN',
  'AU',
  'ECG',
  'ANN',
  'M3D',
];
