import { type DataSet, datasetOf, text } from '@maskwright/dicom';
import { describe, expect, test } from 'vitest';
import type { IndexedGroup } from './instance-index.ts';
import { seriesEntries, studyEntries } from './search.ts';

const study = (uid: string, values: Record<string, string>, modalities: string[]): IndexedGroup => ({
  header: datasetOf({ StudyInstanceUID: uid, SeriesInstanceUID: `${uid}.1`, ...values }),
  modalities,
  series: 1,
  instances: 3,
});
const groups = [
  study('1.1', { StudyDate: '20240101', StudyTime: '080000', PatientID: 'A-1', PatientName: 'Ö^山' }, ['CT', 'SEG']),
  study('1.2', { StudyDate: '20240301', StudyTime: '090000', PatientID: 'A-2', Modality: 'US' }, ['US']),
  study('1.3', { StudyDate: '20240301', StudyTime: '101500.5', PatientID: 'B(1)' }, ['CT']),
  study('1.4', { PatientID: 'none' }, []),
];
const uids = (found: readonly DataSet[]) => found.map((dataset) => text(dataset, 'StudyInstanceUID'));

describe('studies', () => {
  test.each([
    ['all, newest first', {}, ['1.3', '1.2', '1.1', '1.4']],
    ['a UID', { StudyInstanceUID: '1.2' }, ['1.2']],
    ['a list of UIDs', { StudyInstanceUID: '1.2,1.1' }, ['1.2', '1.1']],
    ['a tag', { '0020000D': '1.2' }, ['1.2']],
    ['a dot is no wildcard', { StudyInstanceUID: '112' }, []],
    ['a date', { StudyDate: '20240101' }, ['1.1']],
    ['dates from', { StudyDate: '20240102-' }, ['1.3', '1.2']],
    ['dates to', { StudyDate: '-20240101' }, ['1.1']],
    ['dates from and to, inclusive', { StudyDate: '20240101-20240301' }, ['1.3', '1.2', '1.1']],
    ['times', { StudyTime: '09-10' }, ['1.3', '1.2']],
    ['a patient', { PatientID: 'B(1)' }, ['1.3']],
    ['a wildcard', { PatientID: 'A-*' }, ['1.2', '1.1']],
    ['one character', { PatientID: 'A-?' }, ['1.2', '1.1']],
    ['a name in any script', { PatientName: 'ö^山' }, ['1.1']],
    ['a modality of several', { ModalitiesInStudy: 'SEG' }, ['1.1']],
    [
      'nothing in particular',
      { PatientID: '', includefield: 'all', fuzzymatching: 'true', Unheard: 'x' },
      ['1.3', '1.2', '1.1', '1.4'],
    ],
    ['a page', { limit: '2', offset: '1' }, ['1.2', '1.1']],
    ['behind the end', { offset: '9' }, []],
    ['no more than none', { limit: '0' }, []],
  ])('%s', (_, query, expected) => expect(uids(studyEntries(groups, query))).toEqual(expected));

  test('say how much they hold', () => {
    expect(studyEntries(groups, { StudyInstanceUID: '1.1' })).toMatchObject([
      { '00080061': { Value: ['CT', 'SEG'] }, '00201206': { Value: [1] }, '00201208': { Value: [3] } },
    ]);
  });
});

test('a series is found by what its study has, too', () => {
  expect(uids(seriesEntries(groups, { PatientID: 'A-2', Modality: 'US' }))).toEqual(['1.2']);
  expect(uids(seriesEntries(groups, { Modality: 'CT' }))).toEqual([]);
});
