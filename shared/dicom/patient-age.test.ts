import { describe, expect, test } from 'vitest';
import { calendarDay } from './calendar-day.ts';
import { datasetOf } from './part10.ts';
import { patientAge } from './patient-age.ts';

describe('the age at the time of the study', () => {
  test.each([
    ['045Y', 45],
    ['045', 45],
    ['006M', 0],
    ['011M', 0],
    ['012M', 1],
    ['108m', 9],
    ['052W', 0],
    ['130W', 2],
    ['800D', 2],
    ['130Y', 130],
    ['131Y', undefined],
    ['-12Y', undefined],
    ['45Y6M', undefined],
    ['old', undefined],
  ])('stated as %s', (PatientAge, years) => {
    expect(patientAge(datasetOf({ PatientAge }))?.years).toBe(years);
  });

  test.each([
    ['19700101', '20200101', 50],
    ['19700102', '20200101', 49],
    ['1970.01.01', '20200101', 50],
    ['20000229', '20010228', 0],
    ['20210101', '20200101', undefined],
    ['18000101', '20200101', undefined],
    ['19700231', '20200101', undefined],
  ])('of who was born on %s and seen on %s', (PatientBirthDate, StudyDate, years) => {
    const age = patientAge(datasetOf({ PatientBirthDate, StudyDate }));
    expect(age).toEqual(years === undefined ? undefined : { years, from: 'PatientBirthDate, StudyDate' });
  });

  test('goes by what is stated, and by the dates where that is garbage', () => {
    const dates = { PatientBirthDate: '19700101', StudyDate: '20200101' };
    expect(patientAge(datasetOf({ PatientAge: '049Y', ...dates }))).toEqual({ years: 49, from: 'PatientAge' });
    expect(patientAge(datasetOf({ PatientAge: '999Y', ...dates }))?.years).toBe(50);
  });
});

test.each([
  ['20240229', { year: 2024, month: 2, day: 29 }],
  ['2024.02.29', { year: 2024, month: 2, day: 29 }],
  ['20230229', undefined],
  ['20241301', undefined],
  ['00000000', undefined],
  ['20240100', undefined],
  ['20240101-20240201', undefined],
  ['', undefined],
  [undefined, undefined],
])('%s is a day of the calendar: %o', (value, day) => {
  expect(calendarDay(value)).toEqual(day);
});
