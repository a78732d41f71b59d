import type { DataSet, Element } from './dataset.ts';
import { keywordOf, tagOf } from './dictionary.ts';
import type { KeywordValue, KeywordValues } from './part10.ts';
import { trimEnd } from './trim-end.ts';

/**
 * Values of the named elements of a data set, to be written into another one: what is absent stays absent, what is
 * empty stays empty. Private elements inside sequences are left out, and references to bulk data too.
 */
export function copyElements(dataset: DataSet, keywords: readonly string[]): KeywordValues {
  return Object.fromEntries(
    keywords.flatMap((keyword) => {
      const element = dataset[tagOf(keyword)];
      const value = element && copyValue(element);
      return value === undefined ? [] : [[keyword, value]];
    }),
  );
}

function copyValue(element: Element): KeywordValue | undefined {
  if (element.InlineBinary !== undefined) return new Uint8Array(Buffer.from(element.InlineBinary, 'base64'));
  if (element.BulkDataURI !== undefined) return undefined;
  const values = element.Value ?? [];
  if (element.vr === 'SQ') return values.filter(isDataSet).map(wholeItem);
  if (element.vr === 'PN') return values.map(personName);
  if (values.every((value) => typeof value === 'number')) return values;
  return values.map((value) => (value === null ? '' : String(value)));
}
function isDataSet(value: unknown): value is DataSet {
  return typeof value === 'object' && value !== null;
}
function wholeItem(item: DataSet): KeywordValues {
  return copyElements(
    item,
    Object.keys(item).flatMap((tag) => keywordOf(tag) ?? []),
  );
}
/** Component groups of a person name joined as they stand in a file. */
function personName(value: unknown): string {
  if (typeof value !== 'object' || value === null) return typeof value === 'string' ? value : '';
  const group = (name: string): string => {
    const text: unknown = Object.entries(value).find(([key]) => key === name)?.[1];
    return typeof text === 'string' ? text : '';
  };
  return trimEnd([group('Alphabetic'), group('Ideographic'), group('Phonetic')].join('='), '=');
}
