import { parseUid, type StudyInstanceUID } from '@maskwright/dicom';
import { describe, expect, test } from 'vitest';
import { Agenda } from './agenda.ts';
import { Completeness } from './completeness.ts';

const a = parseUid<StudyInstanceUID>('1.2.1', 'StudyInstanceUID');
const b = parseUid<StudyInstanceUID>('1.2.2', 'StudyInstanceUID');

describe('the agenda', () => {
  test('gives the study that is due first, once', () => {
    const agenda = new Agenda();
    agenda.add(a, 200);
    agenda.add(b, 100, 'trace');
    expect(agenda.take(50)).toEqual({ wait: 50 });
    expect(agenda.take(300)).toEqual({ study: b, traceparent: 'trace' });
    expect(agenda.take(300)).toEqual({ study: a, traceparent: undefined });
    expect(agenda.take(300)).toEqual({ wait: Number.POSITIVE_INFINITY });
  });

  test('a study that is named again keeps its earliest time and its first trace', () => {
    const agenda = new Agenda();
    agenda.add(a, 200);
    agenda.add(a, 100, 'notice');
    agenda.add(a, 300, 'late');
    expect(agenda.take(100)).toEqual({ study: a, traceparent: 'notice' });
  });

  test('a waiter wakes when something is added, and when it is stopped', async () => {
    const agenda = new Agenda();
    const stop = new AbortController();
    const added = agenda.change(Number.POSITIVE_INFINITY, stop.signal);
    agenda.add(a, 0);
    await added;
    const stopped = agenda.change(Number.POSITIVE_INFINITY, stop.signal);
    stop.abort();
    await stopped;
  });
});

describe('completeness', () => {
  test.each<[string, readonly [string, number][], number | 'reconciled']>([
    ['a new study waits for the quiet time', [['s:1', 0]], 10],
    [
      'time passes',
      [
        ['s:1', 0],
        ['s:1', 4],
      ],
      6,
    ],
    [
      'an arriving image starts the wait again',
      [
        ['s:1', 0],
        ['s:2', 9],
      ],
      10,
    ],
    [
      'quiet long enough',
      [
        ['s:1', 0],
        ['s:1', 10],
      ],
      0,
    ],
  ])('%s', (_, observations, expected) => {
    const completeness = new Completeness(10);
    const waits = observations.map(([fingerprint, now]) => completeness.observe(a, fingerprint, now));
    expect(waits.at(-1)).toBe(expected);
  });

  test('a reconciled study is not looked at again until it changes', () => {
    const completeness = new Completeness(0);
    completeness.observe(a, 's:1', 0);
    completeness.reconciled(a);
    expect(completeness.observe(a, 's:1', 100)).toBe('reconciled');
    expect(completeness.observe(a, 's:2', 100)).toBe(0);
  });
});
