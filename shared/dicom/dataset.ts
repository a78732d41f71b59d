import { MaskwrightError } from '@maskwright/errors';
import { tagOf } from './dictionary.ts';
import { PADDING, trimEnd } from './trim-end.ts';

/**
 * A data set in the DICOM JSON Model (PS3.18 annex F.2), as DICOMweb metadata has it and as Part 10 files are parsed into:
 * keys are tags of eight upper-case hexadecimal digits. Values come from outside and are `unknown`
 * until one of the accessors below has parsed them.
 */
export interface Element {
  readonly vr: string;
  readonly Value?: readonly unknown[];
  readonly InlineBinary?: string;
  readonly BulkDataURI?: string;
}
export type DataSet = Readonly<Record<string, Element>>;

/** A coded entry (PS3.3 section 8.8): value, coding scheme designator, meaning. */
export interface CodedConcept {
  readonly value: string;
  readonly scheme: string;
  readonly meaning: string;
}

function values(dataset: DataSet, keyword: string): readonly unknown[] {
  const found: unknown = dataset[tagOf(keyword)]?.Value;
  return Array.isArray(found) ? found : [];
}

function asText(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'object' && value !== null && 'Alphabetic' in value) return asText(value.Alphabetic);
  if (typeof value !== 'string') return undefined;
  const text = trimEnd(value, PADDING).trimStart();
  return text === '' ? undefined : text;
}

function asNumber(value: unknown): number | undefined {
  const number =
    typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}

/** First value as text without padding, or undefined where absent or empty. Person names give their alphabetic group. */
export function text(dataset: DataSet, keyword: string): string | undefined {
  return asText(values(dataset, keyword)[0]);
}
export function texts(dataset: DataSet, keyword: string): string[] {
  return values(dataset, keyword).flatMap((value) => asText(value) ?? []);
}
/** First value as a finite number (DS and IS come as text from Part 10, as numbers from JSON). */
export function number(dataset: DataSet, keyword: string): number | undefined {
  return asNumber(values(dataset, keyword)[0]);
}
export function numbers(dataset: DataSet, keyword: string): number[] {
  return values(dataset, keyword).flatMap((value) => asNumber(value) ?? []);
}
/** Items of a sequence; what is not an item is left out. */
export function items(dataset: DataSet, keyword: string): DataSet[] {
  return values(dataset, keyword).filter((value): value is DataSet => typeof value === 'object' && value !== null);
}
/** Coded entries of a code sequence; incomplete ones are left out. */
export function codes(dataset: DataSet, keyword: string): CodedConcept[] {
  return items(dataset, keyword).flatMap((item) => {
    const value = text(item, 'CodeValue') ?? text(item, 'LongCodeValue') ?? text(item, 'URNCodeValue');
    const scheme = text(item, 'CodingSchemeDesignator');
    return value && scheme ? [{ value, scheme, meaning: text(item, 'CodeMeaning') ?? '' }] : [];
  });
}
export function has(dataset: DataSet, keyword: string): boolean {
  return tagOf(keyword) in dataset;
}
/** @throws MaskwrightError DICOM_MISSING naming the attribute */
export function required<T>(value: T | undefined, keyword: string): T {
  if (value === undefined) throw new MaskwrightError('DICOM_MISSING', `${keyword} is missing (absent or empty)`);
  return value;
}
