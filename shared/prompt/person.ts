import { type DataSet, text, texts } from '@maskwright/dicom';
import type { Attribute } from './attributes.ts';
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

const OLDEST = 130;
/** Years, months, weeks, days (PS3.5 section 6.2, AS); some systems leave the unit out and mean years. */
const YEARS_PER_UNIT: Readonly<Record<string, number>> = { Y: 1, M: 1 / 12, W: 7 / 365.25, D: 1 / 365.25 };

/** Completed years: PatientAge, else from birth date to study date. */
export function ageOf(dataset: DataSet): Reading<'age'> {
  const stated = text(dataset, 'PatientAge');
  const years = stated === undefined ? undefined : yearsOfAgeString(stated);
  if (years !== undefined) return found('age', years, 'PatientAge');
  const byDates = ageByDates(dataset);
  if (byDates) return byDates;
  if (stated !== undefined) return refused('age', 'PatientAge');
  const birth = text(dataset, 'PatientBirthDate');
  return birth !== undefined && !dateOf(birth) ? refused('age', 'PatientBirthDate') : undefined;
}

function yearsOfAgeString(stated: string): number | undefined {
  const [whole, digits = '', unit = ''] = (stated.length <= 4 && /^(\d{1,3})([YMWD]?)$/i.exec(stated)) || [];
  if (!whole) return undefined;
  const years = Math.floor(Number(digits) * (YEARS_PER_UNIT[unit.toUpperCase() || 'Y'] ?? 1));
  return years <= OLDEST ? years : undefined;
}

function ageByDates(dataset: DataSet): Attribute<'age'> | undefined {
  const birth = dateOf(text(dataset, 'PatientBirthDate'));
  const study = dateOf(text(dataset, 'StudyDate'));
  if (!birth || !study) return undefined;
  const birthdayPassed = study.month * 100 + study.day >= birth.month * 100 + birth.day;
  const years = study.year - birth.year - (birthdayPassed ? 0 : 1);
  return years >= 0 && years <= OLDEST ? found('age', years, 'PatientBirthDate, StudyDate') : undefined;
}

function dateOf(value: string | undefined): { year: number; month: number; day: number } | undefined {
  const [whole, year, month, day] =
    (value !== undefined && value.length <= 10 && /^(\d{4})[.]?(\d{2})[.]?(\d{2})$/.exec(value)) || [];
  if (!whole) return undefined;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  if (date.getUTCMonth() !== Number(month) - 1 || Number(year) < 1850) return undefined;
  return { year: Number(year), month: Number(month), day: Number(day) };
}
