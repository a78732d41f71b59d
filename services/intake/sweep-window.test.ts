import { describe, expect, test } from 'vitest';
import { type SweepHistory, type SweepOptions, sweepQuery } from './sweep-window.ts';

const NOW = new Date('2026-11-25T12:00:00Z');
const ago = (seconds: number) => NOW.getTime() - seconds * 1000;
const whole = (seconds: number, tookMs = 10_000) => ({ began: ago(seconds), tookMs });
const OPTIONS: SweepOptions = { sweepSeconds: 60, overlapDays: 2 };

describe('which studies a sweep asks for', () => {
  test.each<[string, SweepHistory, Partial<SweepOptions>, Date, { whole: boolean; from?: string }]>([
    ['the first time: all', {}, {}, NOW, { whole: true }],
    [
      'then those after the watermark less the overlap',
      { whole: whole(100), newest: '20261125' },
      {},
      NOW,
      { whole: false, from: '20261123' },
    ],
    [
      'the watermark is the archive’s, not our clock’s',
      { whole: whole(100), newest: '20261101' },
      {},
      NOW,
      { whole: false, from: '20261030' },
    ],
    [
      'a study dated in the future hides nothing',
      { whole: whole(100), newest: '20991231' },
      {},
      NOW,
      { whole: false, from: '20261123' },
    ],
    ['all again when it has become cheap enough', { whole: whole(1000), newest: '20261125' }, {}, NOW, { whole: true }],
    ['a small archive: always all', { whole: whole(61, 20), newest: '20261125' }, {}, NOW, { whole: true }],
    ['a huge one: daily', { whole: whole(86_401, 3_600_000), newest: '20261125' }, {}, NOW, { whole: true }],
    ['our clock was put back', { whole: whole(-100), newest: '20261125' }, {}, NOW, { whole: true }],
    [
      'our clock is a year ahead',
      { whole: whole(100), newest: '20251125' },
      {},
      NOW,
      { whole: false, from: '20251123' },
    ],
    ['an archive without dates: all', { whole: whole(100) }, {}, NOW, { whole: true }],
    [
      'during a sweep of all, which is overdue: those after the watermark less the overlap',
      { whole: whole(86_401), newest: '20261101', isWholeUnderWay: true },
      {},
      NOW,
      { whole: false, from: '20261030' },
    ],
    [
      'during the first sweep: the newest by our clock',
      { isWholeUnderWay: true },
      {},
      NOW,
      { whole: false, from: '20261123' },
    ],
    ['no further back than asked', {}, { lookbackDays: 7 }, NOW, { whole: true, from: '20261118' }],
    [
      'no further back than asked, with overlap',
      { whole: whole(100), newest: '20261101' },
      { lookbackDays: 7 },
      NOW,
      { whole: false, from: '20261118' },
    ],
    [
      'over the turn of a year',
      { whole: { began: Date.parse('2027-01-01T00:00:00Z'), tookMs: 1e5 }, newest: '20270101' },
      {},
      new Date('2027-01-01T01:00:00Z'),
      { whole: false, from: '20261230' },
    ],
  ])('%s', (_, history, options, now, { whole: isWhole, from }) => {
    expect(sweepQuery(history, { ...OPTIONS, ...options }, now)).toEqual({
      whole: isWhole,
      query: from === undefined ? {} : { studyDate: { from } },
    });
  });
});
