import { type DataSet, tagOf, text } from '@maskwright/dicom';
import type { IndexedGroup, IndexedInstance } from './instance-index.ts';
import { matches, pageOf, type Query } from './matching.ts';
import { INSTANCE_KEYS, SERIES_KEYS, STUDY_KEYS } from './search-keys.ts';

/** Studies, newest first. */
export function studyEntries(studies: readonly IndexedGroup[], query: Query): DataSet[] {
  const found = studies
    .map(({ header, modalities, series, instances }) => ({
      header,
      answer: {
        ...picked(header, STUDY_KEYS),
        ...element('ModalitiesInStudy', 'CS', modalities),
        ...element('NumberOfStudyRelatedSeries', 'IS', [series]),
        ...element('NumberOfStudyRelatedInstances', 'IS', [instances]),
      },
    }))
    .sort((a, b) => (startOf(a.header) < startOf(b.header) ? 1 : startOf(a.header) > startOf(b.header) ? -1 : 0));
  return answers(found, query);
}

export function seriesEntries(series: readonly IndexedGroup[], query: Query): DataSet[] {
  const found = series.map(({ header, instances }) => ({
    header,
    answer: {
      ...picked(header, SERIES_KEYS),
      ...element('NumberOfSeriesRelatedInstances', 'IS', [instances]),
    },
  }));
  return answers(found, query);
}

export function instanceEntries(instances: readonly IndexedInstance[], query: Query): DataSet[] {
  const found = instances.map(({ header }) => ({ header, answer: picked(header, INSTANCE_KEYS) }));
  return answers(found, query);
}

interface Found {
  /** What is matched: a series may be asked for by what its study has. */
  readonly header: DataSet;
  readonly answer: DataSet;
}

function answers(found: readonly Found[], query: Query): DataSet[] {
  const matching = found.filter(({ header, answer }) => matches({ ...header, ...answer }, query));
  return pageOf(
    matching.map(({ answer }) => answer),
    query,
  );
}

function startOf(header: DataSet): string {
  return `${text(header, 'StudyDate') ?? ''} ${text(header, 'StudyTime') ?? ''}`;
}

function picked(header: DataSet, keywords: readonly string[]): DataSet {
  return Object.fromEntries(
    keywords.map(tagOf).flatMap((tag) => {
      const found = header[tag];
      return found ? [[tag, found]] : [];
    }),
  );
}

function element(keyword: string, vr: string, Value: readonly unknown[]): DataSet {
  return { [tagOf(keyword)]: { vr, Value } };
}
