import { parseUid, type StudyInstanceUID } from '@maskwright/dicom';
import { describe, expect, test } from 'vitest';
import { Completeness } from './completeness.ts';

const study = parseUid<StudyInstanceUID>('1.2.1', 'StudyInstanceUID');
/** Images, time, announced number. */
type Look = readonly [images: number, now: number, announced?: number];

describe('completeness (quiet 10, patience 100)', () => {
  test.each<[string, readonly Look[], number]>([
    ['a new study waits for the quiet time', [[1, 0]], 10],
    [
      'time passes',
      [
        [1, 0],
        [1, 4],
      ],
      6,
    ],
    [
      'an arriving image starts the wait again',
      [
        [1, 0],
        [2, 9],
      ],
      10,
    ],
    [
      'quiet long enough',
      [
        [1, 0],
        [1, 10],
      ],
      0,
    ],
    [
      'a clock that is put back starts the wait again, no more',
      [
        [1, 1000],
        [1, 5],
      ],
      10,
    ],
    ['all images that were announced: at once', [[3, 0, 3]], 0],
    ['more than were announced: at once', [[4, 0, 3]], 0],
    [
      'some are missing: longer than the quiet time',
      [
        [2, 0, 3],
        [2, 20],
      ],
      80,
    ],
    [
      'a later announcement of fewer does not make it complete',
      [
        [2, 0, 3],
        [2, 20, 2],
      ],
      80,
    ],
    [
      'a later announcement of more counts',
      [
        [2, 0, 2],
        [2, 20, 3],
      ],
      80,
    ],
    [
      'they come',
      [
        [2, 0, 3],
        [3, 20],
      ],
      0,
    ],
    [
      'they never come',
      [
        [2, 0, 3],
        [2, 100],
      ],
      0,
    ],
    ['a study that is not there waits for the quiet time', [[0, 0]], 10],
  ])('%s', (_, looks, expected) => {
    const completeness = new Completeness({ quietMs: 10, patienceMs: 100 });
    const waits = looks.map(([images, now, announced]) =>
      completeness.observe(study, { fingerprint: `s:${images}`, images }, now, announced),
    );
    expect(waits.at(-1)).toBe(expected);
  });

  test('tells how many are missing, and forgets', () => {
    const completeness = new Completeness({ quietMs: 10, patienceMs: 100 });
    completeness.observe(study, { fingerprint: 's:1', images: 1 }, 0, 5);
    expect(completeness.missing(study, 1)).toBe(4);
    completeness.forget(study);
    expect([completeness.missing(study, 1), completeness.size]).toEqual([0, 0]);
  });
});
