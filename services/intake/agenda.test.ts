import { parseUid, type StudyInstanceUID } from '@maskwright/dicom';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Agenda } from './agenda.ts';
import { Heap } from './heap.ts';

const uid = (value: string) => parseUid<StudyInstanceUID>(value, 'StudyInstanceUID');
const [a, b] = [uid('1.2.1'), uid('1.2.2')];
const never = new AbortController().signal;

describe('the agenda', () => {
  test('gives the study that is due first, once', () => {
    const agenda = new Agenda();
    agenda.add({ study: a }, 200);
    agenda.add({ study: b, traceparent: 'trace' }, 100);
    expect(agenda.take(50)).toEqual({ wait: 50 });
    expect(agenda.take(300)).toEqual({ study: b, traceparent: 'trace', isNamed: true });
    expect(agenda.take(300)).toEqual({ study: a, isNamed: true });
    expect(agenda.take(300)).toEqual({ wait: Number.POSITIVE_INFINITY });
  });

  test('a study that is named again keeps its earliest time, first trace, newest answer and greatest number', () => {
    const agenda = new Agenda();
    agenda.add({ study: a, answer: '3', expected: 9 }, 200);
    agenda.add({ study: a, traceparent: 'notice', expected: 12 }, 100);
    agenda.add({ study: a, traceparent: 'late', answer: '4' }, 300);
    expect(agenda.take(100)).toEqual({
      study: a,
      traceparent: 'notice',
      answer: '4',
      expected: 12,
      isNamed: true,
    });
    expect(agenda.take(300)).toEqual({ wait: Number.POSITIVE_INFINITY });
  });

  test('a study that someone has named goes before all that the sweep has found, once it is due', () => {
    const agenda = new Agenda();
    agenda.add({ study: a, answer: '1' }, 0);
    agenda.add({ study: b }, 100);
    expect(agenda.take(100)).toMatchObject({ study: b });
    expect(agenda.take(100)).toMatchObject({ study: a });
    agenda.done(a);
    agenda.done(b);
    agenda.add({ study: b }, 300);
    agenda.add({ study: a, answer: '1' }, 200);
    expect(agenda.take(150)).toEqual({ wait: 50 });
    expect(agenda.take(200)).toMatchObject({ study: a });
  });

  test('a study in hand does not come to a second hand before it is done', () => {
    const agenda = new Agenda();
    agenda.add({ study: a }, 0);
    agenda.take(0);
    agenda.add({ study: a }, 0);
    expect(agenda.take(0)).toEqual({ wait: Number.POSITIVE_INFINITY });
    agenda.done(a);
    expect(agenda.take(0)).toMatchObject({ study: a });
  });

  test('all waiters wake when something is added, and when they are stopped', async () => {
    const agenda = new Agenda();
    const stop = new AbortController();
    const added = [1, 2].map(() => agenda.change(Number.POSITIVE_INFINITY, stop.signal));
    agenda.add({ study: a }, 0);
    await Promise.all(added);
    const stopped = agenda.change(Number.POSITIVE_INFINITY, stop.signal);
    stop.abort();
    await stopped;
  });

  test('whoever fills it waits for room', async () => {
    const agenda = new Agenda(1);
    await agenda.room(never);
    agenda.add({ study: a }, 0);
    let hasRoom = false;
    const waiting = agenda.room(never).then(() => {
      hasRoom = true;
    });
    await Promise.resolve();
    expect(hasRoom).toBe(false);
    agenda.take(0);
    agenda.done(a);
    await waiting;
  });
});

test('a heap gives its items in order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), (items) => {
      const heap = new Heap<number>((x, y) => x - y);
      for (const item of items) heap.push(item);
      const given = items.map(() => heap.pop());
      expect(given).toEqual([...items].sort((x, y) => x - y));
      expect(heap.pop()).toBeUndefined();
    }),
  );
});
