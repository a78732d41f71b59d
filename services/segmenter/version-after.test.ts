import {
  datasetOf,
  parseUid,
  type SeriesInstanceUID,
  type SOPInstanceUID,
  type StudyInstanceUID,
} from '@maskwright/dicom';
import { describe, expect, test } from 'vitest';
import { versionAfter } from './version-after.ts';

const SEG = '1.2.840.10008.5.1.4.1.1.66.4';
const study = parseUid<StudyInstanceUID>('1.2.3', 'StudyInstanceUID');
const sop = (value: string) => parseUid<SOPInstanceUID>(value, 'SOPInstanceUID');
const own = {
  seriesInstanceUID: parseUid<SeriesInstanceUID>('2.1', 'SeriesInstanceUID'),
  sopInstanceUID: sop('2.1.9'),
};

/** SOP instance UID and Instance Number of what the series holds. */
const archiveOf = (...there: readonly (readonly [string, number?])[]) => ({
  searchInstances: async () =>
    there.map(([uid, InstanceNumber]) => ({
      sopInstanceUID: sop(uid),
      sopClassUID: SEG,
      dataset: datasetOf(InstanceNumber === undefined ? {} : { InstanceNumber }),
    })),
  retrieveMetadata: async () => [datasetOf({ SeriesDate: '20260101', SeriesTime: '101112' })],
});

describe('the version of a result', () => {
  const series = { date: '20260101', time: '101112' };
  const after = (number: number, uid: string) => ({
    number,
    replaces: { sopClassUID: SEG, sopInstanceUID: uid },
    series,
  });
  test.each<[string, ReturnType<typeof archiveOf>, object | undefined]>([
    ['the first', archiveOf(), undefined],
    ['one after the first', archiveOf(['2.1.1', 1]), after(2, '2.1.1')],
    [
      'one after the last, in whatever order the archive lists them',
      archiveOf(['2.1.1', 1], ['2.1.3', 3], ['2.1.2', 2]),
      after(4, '2.1.3'),
    ],
    ['an archive that tells no Instance Number', archiveOf(['2.1.1']), after(2, '2.1.1')],
    ['the first, made again when a later one is there', archiveOf(['2.1.9', 1], ['2.1.1', 2]), { number: 1, series }],
    ['a later one, made again', archiveOf(['2.1.1', 1], ['2.1.9', 2]), after(2, '2.1.1')],
    [
      'one between two others, made again',
      archiveOf(['2.1.4', 4], ['2.1.9', 3], ['2.1.2', 2], ['2.1.1', 1]),
      after(3, '2.1.2'),
    ],
  ])('%s', async (_, archive, expected) => {
    expect(await versionAfter(archive, study, own)).toEqual(expected);
  });
});
