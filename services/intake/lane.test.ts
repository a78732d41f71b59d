import { datasetOf, type KeywordValues } from '@maskwright/dicom';
import { expect, test } from 'vitest';
import { laneOf } from './lane.ts';

const now = new Date('2026-03-04T12:00:00Z');

test.each<[string, KeywordValues, boolean, string]>([
  ['STAT', { RequestedProcedurePriority: 'STAT' }, false, 'stat'],
  ['HIGH', { RequestedProcedurePriority: 'HIGH' }, true, 'stat'],
  ['ROUTINE', { RequestedProcedurePriority: 'ROUTINE' }, false, 'routine'],
  ['MEDIUM', { RequestedProcedurePriority: 'MEDIUM' }, false, 'routine'],
  ['LOW', { RequestedProcedurePriority: 'LOW' }, false, 'routine'],
  ['anything else', { RequestedProcedurePriority: 'whatever' }, false, 'routine'],
  ['no priority', {}, false, 'routine'],
  ['a study of the day before yesterday', { StudyDate: '20260302' }, false, 'routine'],
  ['one of the future', { StudyDate: '20270302' }, false, 'routine'],
  ['one of three days ago', { StudyDate: '20260301' }, false, 'backlog'],
  ['an old one that was urgent', { StudyDate: '20250301', RequestedProcedurePriority: 'STAT' }, false, 'backlog'],
  ['an old one that someone has named', { StudyDate: '20250301' }, true, 'routine'],
  [
    'an urgent old one that someone has named',
    { StudyDate: '20250301', RequestedProcedurePriority: 'STAT' },
    true,
    'stat',
  ],
  ['a date that is none', { StudyDate: '20250230' }, false, 'routine'],
])('the lane of %s', (_, values, isNamed, lane) => {
  expect(laneOf(datasetOf(values), { isNamed, now })).toBe(lane);
});
