import { type DataSet, text } from '@maskwright/dicom';

const PER_YEAR: Readonly<Record<string, number>> = { D: 365.25, W: 52.18, M: 12, Y: 1 };

/** Completed years at the time of the study: PatientAge (PS3.5 section 6.2, AS), else PatientBirthDate to StudyDate. */
export function ageOf(series: DataSet): number | undefined {
  const [, amount, unit = ''] = /^(\d{1,3})([DWMY])$/i.exec(text(series, 'PatientAge') ?? '') ?? [];
  const perYear = PER_YEAR[unit.toUpperCase()];
  if (amount !== undefined && perYear !== undefined) return Math.floor(Number(amount) / perYear);
  const born = dateOf(text(series, 'PatientBirthDate'));
  const seen = dateOf(text(series, 'StudyDate'));
  if (born === undefined || seen === undefined || seen < born) return undefined;
  return Math.floor((seen - born) / 10_000);
}

/** YYYYMMDD as a number: the difference of two, by 10,000, is completed years. */
function dateOf(value: string | undefined): number | undefined {
  const [, year, month, day] = /^(\d{4})\.?(\d{2})\.?(\d{2})$/.exec(value ?? '') ?? [];
  return day === undefined ? undefined : Number(`${year}${month}${day}`);
}
