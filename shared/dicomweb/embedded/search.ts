import { type DataSet, tagOf, text } from '@maskwright/dicom';
import type { IndexedInstance } from './instance-store.ts';

/** Query of a QIDO-RS request (PS3.18 section 8.3.4): attribute matching by keyword or tag, and paging. */
export type Query = Readonly<Record<string, unknown>>;

const PAGING = new Set([
  'limit',
  'offset',
  'includefield',
  'fuzzymatching',
  'orderby',
  'emptyvaluematching',
  'multiplevaluematching',
]);
const STUDY_KEYS = [
  'StudyInstanceUID',
  'StudyDate',
  'StudyTime',
  'AccessionNumber',
  'PatientID',
  'PatientName',
  'PatientSex',
  'PatientBirthDate',
  'StudyID',
  'StudyDescription',
  'ReferringPhysicianName',
];
const SERIES_KEYS = [
  'StudyInstanceUID',
  'SeriesInstanceUID',
  'Modality',
  'SeriesNumber',
  'SeriesDescription',
  'BodyPartExamined',
  'SeriesDate',
  'SeriesTime',
  'Laterality',
];
const INSTANCE_KEYS = [
  'StudyInstanceUID',
  'SeriesInstanceUID',
  'SOPInstanceUID',
  'SOPClassUID',
  'InstanceNumber',
  'Rows',
  'Columns',
  'BitsAllocated',
  'NumberOfFrames',
];

/** Studies, newest first. */
export function studies(instances: readonly IndexedInstance[], query: Query): DataSet[] {
  const found = grouped(instances, ({ study }) => study).map((members) => {
    const modalities = [...new Set(members.flatMap(({ header }) => text(header, 'Modality') ?? []))];
    const series = new Set(members.map(({ series }) => series));
    return {
      ...picked(members, STUDY_KEYS),
      ...element('ModalitiesInStudy', 'CS', modalities),
      ...element('NumberOfStudyRelatedSeries', 'IS', [series.size]),
      ...element('NumberOfStudyRelatedInstances', 'IS', [members.length]),
    };
  });
  found.sort((a, b) => (text(b, 'StudyDate') ?? '').localeCompare(text(a, 'StudyDate') ?? ''));
  return page(
    found.filter((dataset) => matches(dataset, query)),
    query,
  );
}

export function series(instances: readonly IndexedInstance[], query: Query): DataSet[] {
  const found = grouped(instances, ({ series }) => series).map((members) => ({
    ...picked(members, SERIES_KEYS),
    ...element('NumberOfSeriesRelatedInstances', 'IS', [members.length]),
  }));
  return page(
    found.filter((dataset) => matches(dataset, query)),
    query,
  );
}

export function instances(all: readonly IndexedInstance[], query: Query): DataSet[] {
  const found = all.map((one) => picked([one], INSTANCE_KEYS));
  return page(
    found.filter((dataset) => matches(dataset, query)),
    query,
  );
}

function grouped<T>(all: readonly T[], key: (one: T) => string): T[][] {
  return [...Map.groupBy(all, key).values()];
}

function picked(members: readonly IndexedInstance[], keywords: readonly string[]): DataSet {
  const header = members[0]?.header ?? {};
  const tags = keywords.map(tagOf).filter((tag) => tag in header);
  return Object.fromEntries(tags.flatMap((tag) => (header[tag] ? [[tag, header[tag]]] : [])));
}

function element(keyword: string, vr: string, Value: readonly unknown[]): DataSet {
  return { [tagOf(keyword)]: { vr, Value } };
}

function matches(dataset: DataSet, query: Query): boolean {
  return Object.entries(query).every(([key, wanted]) => {
    if (PAGING.has(key.toLowerCase()) || typeof wanted !== 'string' || wanted === '') return true;
    const tag = tagOrUndefined(key);
    const Value = tag === undefined ? undefined : dataset[tag]?.Value;
    if (tag === undefined) return true;
    return (Value ?? []).some((value) => valueMatches(value, wanted));
  });
}

/** An unknown attribute is ignored, as PACS do. */
function tagOrUndefined(key: string): string | undefined {
  if (/^[0-9a-fA-F]{8}$/.test(key)) return key.toUpperCase();
  try {
    return tagOf(key);
  } catch {
    return undefined;
  }
}

/** Single value, list of UIDs, wildcard and range matching (PS3.4 C.2.2.2). */
function valueMatches(value: unknown, wanted: string): boolean {
  const actual =
    typeof value === 'object' && value !== null && 'Alphabetic' in value ? String(value.Alphabetic) : String(value);
  if (/^\d{8}-\d{8}$|^\d{8}-$|^-\d{8}$/.test(wanted)) {
    const [from = '', to = ''] = wanted.split('-');
    return actual >= from && (to === '' || actual <= to);
  }
  return wanted.split(/[,\\]/).some((one) => wildcard(one).test(actual));
}

function wildcard(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`, 'is');
}

function page(found: readonly DataSet[], query: Query): DataSet[] {
  const offset = Number(query.offset ?? 0) || 0;
  const limit = query.limit === undefined ? found.length : Number(query.limit) || 0;
  return found.slice(offset, offset + limit);
}
