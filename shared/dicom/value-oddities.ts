import { calendarDay } from './calendar-day.ts';
import { type DataSet, type Element, items, text } from './dataset.ts';
import { isSingle, keywordOf, vrOf } from './dictionary.ts';
import { oddText } from './text-oddities.ts';
import { trimEnd } from './trim-end.ts';
import { LONGEST_UID, UID_FORM } from './uid.ts';
import { NUMBERS } from './value-representation.ts';

/** More remarks than this about one object help nobody. */
const MOST_REMARKS = 20;
const DEEPEST = 8;

/**
 * Values that do not have the form of their VR (PS3.5 section 6.2), or whose text is not meant for a reader. None of
 * them spoils the image: what cannot be used is not used, and the remark says so. Values are never quoted, for they may
 * be a patient's. Private elements are not looked at.
 */
export function oddValues(dataset: DataSet): readonly string[] {
  const found = new Set<string>();
  collect(dataset, found, 0);
  for (const remark of oddDates(dataset)) found.add(remark);
  const remarks = [...found];
  const more = remarks.length - MOST_REMARKS;
  return more > 0 ? [...remarks.slice(0, MOST_REMARKS), `and ${more} more values of this kind`] : remarks;
}

function collect(dataset: DataSet, found: Set<string>, depth: number): void {
  for (const [tag, element] of Object.entries(dataset)) {
    const keyword = keywordOf(tag);
    if (keyword === undefined) continue;
    if (element.vr === 'SQ') {
      if (depth < DEEPEST) for (const item of items(dataset, keyword)) collect(item, found, depth + 1);
      continue;
    }
    for (const remark of oddElement(element, keyword)) found.add(`${keyword} ${remark}`);
    const many = (element.Value ?? []).length;
    if (many <= 1 || !isSingle(tag)) continue;
    if (TERMS[keyword]) found.add(`${keyword} ignored: ${many} values where one belongs; no prompt holds it`);
    else if (VALUES[element.vr] || (element.vr in NUMBERS && vrOf(tag) in NUMBERS))
      found.add(`${keyword} has ${many} values where one belongs: the first counts`);
  }
}

function oddElement(element: Element, keyword: string): string[] {
  const rule = VALUES[element.vr];
  if (!rule) return [];
  return (element.Value ?? []).flatMap((value) => {
    const written = trimEnd(asWritten(value).trim(), '=');
    if (written === '') return [];
    const length = written.split('=').reduce((longest, group) => Math.max(longest, group.length), 0);
    const tooLong =
      length > rule.longest ? [`is longer than ${rule.longest} characters: ${keyword} ignored, shown cut short`] : [];
    const listed = TERMS[keyword];
    const wrong =
      (rule.form && !rule.form(written)) || (listed && !listed.has(written.toUpperCase()))
        ? [`ignored: ${listed ? 'not one of its terms; no prompt holds it' : rule.meaning}`]
        : [];
    const words = rule.words ? oddText(written) : [];
    const address =
      rule.address === false && /\w:\/\//.test(written) ? ['has a web address: shown escaped; no prompt holds it'] : [];
    const zeros = element.vr === 'UI' && /(?:^|\.)0\d/.test(written) ? ['has a component that begins with a zero'] : [];
    const lines = rule.words === 'line' && /[\t\n\f\r]/.test(written) ? ['has line breaks: shown escaped'] : [];
    return [...tooLong, ...wrong, ...words, ...address, ...zeros, ...lines];
  });
}

function asWritten(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  const groups = new Map(Object.entries(value));
  return ['Alphabetic', 'Ideographic', 'Phonetic'].map((group) => String(groups.get(group) ?? '')).join('=');
}

interface ValueRule {
  readonly longest: number;
  readonly meaning: string;
  readonly form?: (value: string) => boolean;
  /** Text for people: one line, or more. */
  readonly words?: 'line' | 'lines';
  /** Makers of equipment give their web address in LO; in names and numbers it has no place. */
  readonly address?: false;
}

/** Limits are those of PS3.5 table 6.2-1 where the field keeps to them, else what real files have. */
const VALUES: Readonly<Record<string, ValueRule>> = {
  AE: { longest: 16, meaning: 'not a title', words: 'line', address: false },
  AS: { longest: 4, meaning: 'not an age; no prompt holds it', form: isAge },
  CS: {
    longest: 64,
    meaning: 'not a code string, not recognised; no prompt holds it',
    form: isCode,
    words: 'line',
    address: false,
  },
  // Ranges belong to queries.
  DA: { longest: 18, meaning: 'not a date', form: (value) => calendarDay(value) !== undefined },
  DS: {
    longest: 64,
    meaning: 'not a number',
    form: (value) => /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?$/i.test(value) && Number.isFinite(Number(value)),
  },
  DT: { longest: 54, meaning: 'not a date and time', form: (value) => /^\d{4}/.test(value) },
  IS: { longest: 16, meaning: 'not an integer', form: isInteger },
  LO: { longest: 64, meaning: '', words: 'line' },
  LT: { longest: 10_240, meaning: '', words: 'lines' },
  PN: { longest: 64, meaning: '', words: 'line', address: false },
  SH: { longest: 64, meaning: '', words: 'line', address: false },
  ST: { longest: 1_024, meaning: '', words: 'lines' },
  TM: { longest: 28, meaning: 'not a time', form: isTime },
  UC: { longest: 65_536, meaning: '', words: 'line' },
  // Components that begin with a zero are told of on their own, for they occur and are used.
  UI: { longest: LONGEST_UID, meaning: 'invalid UID', form: (value) => UID_FORM.test(value) },
  UR: { longest: 8_192, meaning: '' },
  UT: { longest: 1_048_576, meaning: '', words: 'lines' },
};

/** Terms that can be read, of attributes whose terms PS3.3 enumerates and that prompts may take up. */
const TERMS: Readonly<Record<string, ReadonlySet<string>>> = {
  PatientSex: new Set(['M', 'F', 'O', 'U', 'MALE', 'FEMALE', 'OTHER', 'UNKNOWN', '?']),
};

/** With the unit left out, years are meant; nobody is older than 130. */
function isAge(value: string): boolean {
  const [, digits, unit] = /^(\d{1,3})([DWMY]?)$/i.exec(value) ?? [];
  return digits !== undefined && (Number(digits) <= 130 || /[DWM]/i.test(unit ?? ''));
}
/** PS3.5 has upper case, digits, space and underscore, at most 16; lower case and a few marks occur and do no harm. */
function isCode(value: string): boolean {
  return value.length <= 40 && /^[\w .\-/+^]*$/.test(value);
}
/** In 32 bits; a dot without anything behind it occurs. */
function isInteger(value: string): boolean {
  return /^[-+]?\d+(?:\.0*)?$/.test(value) && Math.abs(Number(value)) <= 2 ** 31;
}
function isTime(value: string): boolean {
  const [, hour, minute = '0', second = '0'] = /^(\d{2})(?::?(\d{2})(?::?(\d{2})(?:\.\d{1,9})?)?)?$/.exec(value) ?? [];
  return hour !== undefined && Number(hour) < 24 && Number(minute) < 60 && Number(second) <= 60;
}

/** A birth after the study, and a study of another century. */
function oddDates(dataset: DataSet): string[] {
  const day = (keyword: string): string | undefined => {
    const value = text(dataset, keyword);
    return value !== undefined && calendarDay(value) ? value.replaceAll('.', '') : undefined;
  };
  const [birth, study] = [day('PatientBirthDate'), day('StudyDate')];
  const late = ['PatientBirthDate', 'StudyDate'].filter((keyword) => (day(keyword) ?? '') > '2199');
  return [
    ...late.map((keyword) => `${keyword} ignored: a date that is far in the future`),
    ...(birth !== undefined && study !== undefined && birth > study
      ? ['PatientBirthDate ignored: after StudyDate']
      : []),
  ];
}
