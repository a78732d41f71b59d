import { calendarDay, type DataSet, patientAge, text, texts } from '@maskwright/dicom';
import { found, type Reading, refused } from './reading.ts';

const SEX: Readonly<Record<string, 'female' | 'male'>> = { M: 'male', F: 'female', MALE: 'male', FEMALE: 'female' };
/** PS3.3 C.7.1.1: O is other; the rest is what systems write for unknown. */
const NO_SEX = ['O', 'U', 'UNKNOWN', 'OTHER', '?'];

export function sexOf(dataset: DataSet): Reading<'sex'> {
  const values = texts(dataset, 'PatientSex');
  const [value] = values;
  if (value === undefined) return undefined;
  const key = value.length <= 8 ? value.toUpperCase() : '';
  const sex = SEX[key];
  if (sex && values.length === 1) return found('sex', sex, 'PatientSex');
  return NO_SEX.includes(key) ? undefined : refused('sex', 'PatientSex');
}

/** Completed years at the time of the study. */
export function ageOf(dataset: DataSet): Reading<'age'> {
  const age = patientAge(dataset);
  if (age) return found('age', age.years, age.from);
  if (text(dataset, 'PatientAge') !== undefined) return refused('age', 'PatientAge');
  const birth = text(dataset, 'PatientBirthDate');
  return birth !== undefined && !calendarDay(birth) ? refused('age', 'PatientBirthDate') : undefined;
}
