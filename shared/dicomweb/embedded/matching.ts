import { type DataSet, type Element, tagOf } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';

/** Query of a QIDO-RS request (PS3.18 section 8.3.4): attribute matching by keyword or tag, and paging. */
export type Query = Readonly<Record<string, unknown>>;

const NOT_ATTRIBUTES = new Set([
  'limit',
  'offset',
  'includefield',
  'fuzzymatching',
  'orderby',
  'emptyvaluematching',
  'multiplevaluematching',
]);

/** Whether an entry has what the query asks for. Attributes that are not known here are ignored, as PACS do. */
export function matches(dataset: DataSet, query: Query): boolean {
  return Object.entries(query).every(([key, wanted]) => {
    if (NOT_ATTRIBUTES.has(key.toLowerCase()) || typeof wanted !== 'string' || wanted === '') return true;
    const tag = tagOrUndefined(key);
    return tag === undefined || elementMatches(dataset[tag], wanted);
  });
}

/** @throws MaskwrightError USAGE where limit or offset is no whole number */
export function pageOf(found: readonly DataSet[], query: Query): DataSet[] {
  const offset = wholeNumber(query, 'offset') ?? 0;
  return found.slice(offset, offset + (wholeNumber(query, 'limit') ?? found.length));
}

function wholeNumber(query: Query, name: 'limit' | 'offset'): number | undefined {
  const value = query[name];
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string' || !/^\d{1,9}$/.test(value))
    throw new MaskwrightError('USAGE', `${name} is not a whole number`);
  return Number(value);
}

function tagOrUndefined(key: string): string | undefined {
  if (/^[0-9a-fA-F]{8}$/.test(key)) return key.toUpperCase();
  try {
    return tagOf(key);
  } catch {
    return undefined;
  }
}

/** Range, list of UIDs, wildcard and single value matching (PS3.4 section C.2.2.2). */
function elementMatches(element: Element | undefined, wanted: string): boolean {
  const { vr, Value = [] } = element ?? { vr: '' };
  const values = Value.map(asText);
  if ((vr === 'DA' || vr === 'TM') && wanted.includes('-')) return values.some((value) => isWithin(value, wanted));
  const alternatives = vr === 'UI' ? wanted.split(/[,\\]/) : [wanted];
  return alternatives.some((one) => values.some((value) => wildcard(one).test(value)));
}

function asText(value: unknown): string {
  return typeof value === 'object' && value !== null && 'Alphabetic' in value
    ? String(value.Alphabetic)
    : String(value);
}

/** Inclusive; a bound of less precision (a TM of hours only) covers all within it. */
function isWithin(value: string, range: string): boolean {
  const [from = '', to = ''] = range.split('-').map((bound) => bound.trim());
  return value >= from && (to === '' || value.slice(0, to.length) <= to);
}

function wildcard(pattern: string): RegExp {
  const source = pattern
    .trim()
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`, 'is');
}
