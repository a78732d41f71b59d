import { type CalendarDay, calendarDay } from './calendar-day.ts';
import { type DataSet, text } from './dataset.ts';

export interface PatientAge {
  /** Completed at the time of the study. */
  readonly years: number;
  readonly from: 'PatientAge' | 'PatientBirthDate, StudyDate';
}

/** Nobody is older. */
const OLDEST = 130;
/** Days, weeks, months, years (PS3.5 section 6.2, AS); some systems leave the unit out and mean years. */
const PER_YEAR: Readonly<Record<string, number>> = { D: 365.25, W: 365.25 / 7, M: 12, Y: 1 };

/** PatientAge where it is one, else the time from birth date to study date. */
export function patientAge(dataset: DataSet): PatientAge | undefined {
  const stated = within(yearsStated(text(dataset, 'PatientAge') ?? ''));
  if (stated !== undefined) return { years: stated, from: 'PatientAge' };
  const [born, seen] = ['PatientBirthDate', 'StudyDate'].map((keyword) => calendarDay(text(dataset, keyword)));
  const years = born && seen && within(yearsBetween(born, seen));
  return years === undefined ? undefined : { years, from: 'PatientBirthDate, StudyDate' };
}

function yearsStated(age: string): number {
  const [, amount, unit] = /^(\d{1,3})([YMWD]?)$/i.exec(age) ?? [];
  return Math.floor(Number(amount) / (PER_YEAR[unit?.toUpperCase() || 'Y'] ?? 1));
}

function yearsBetween(born: CalendarDay, seen: CalendarDay): number {
  const birthdayPassed = seen.month * 100 + seen.day >= born.month * 100 + born.day;
  return seen.year - born.year - (birthdayPassed ? 0 : 1);
}

function within(years: number): number | undefined {
  return years >= 0 && years <= OLDEST ? years : undefined;
}
