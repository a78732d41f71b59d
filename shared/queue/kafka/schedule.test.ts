import { describe, expect, test } from 'vitest';
import { byTopic, type Fetched, schedule } from './schedule.ts';

const message = (offset: number, timestamp = offset): Fetched => ({
  offset: String(offset),
  timestamp: String(timestamp),
  key: null,
  value: null,
});

describe('schedule of fetched messages', () => {
  test('takes by topic, then by age, one at a time of each partition', () => {
    const plan = schedule(byTopic(['urgent', 'later']));
    plan.assign({ later: [0], urgent: [0, 1] });
    plan.offer('later', 0, [message(1, 1)]);
    plan.offer('urgent', 0, [message(5, 30), message(6, 40)]);
    plan.offer('urgent', 1, [message(7, 20)]);
    const taken = [1, 2, 3, 4].map(() => plan.take(0));
    expect(taken.map((delivery) => delivery?.message.timestamp)).toEqual(['20', '30', '1', undefined]);
    if (taken[1]) plan.finish(taken[1]);
    expect(plan.take(0)?.message.offset).toBe('6');
  });

  test('passes over what Kafka repeats after a rebalance, with a message in hand and after it', () => {
    const plan = schedule(byTopic(['t']));
    plan.assign({ t: [0] });
    plan.offer('t', 0, [message(1), message(2)]);
    const inHand = plan.take(0);
    plan.assign({ t: [0] });
    plan.offer('t', 0, [message(1), message(2), message(3)]);
    expect(inHand?.lost.aborted).toBe(false);
    expect(plan.take(0)).toBeNull();
    if (inHand) plan.finish(inHand);
    expect(plan.waiting('t', 0)).toBe(2);
    expect(plan.take(0)?.message.offset).toBe('2');
  });

  test('tells who has a message of a lost partition in hand, and forgets the rest of it', () => {
    const plan = schedule(byTopic(['t']));
    plan.assign({ t: [0, 1] });
    plan.offer('t', 0, [message(1), message(2)]);
    const inHand = plan.take(0);
    plan.assign({ t: [1] });
    expect(inHand?.lost.aborted).toBe(true);
    plan.offer('t', 0, [message(3)]);
    expect(plan.take(0)).toBeNull();
    plan.assign({ t: [0, 1] });
    plan.offer('t', 0, [message(1)]);
    if (inHand) plan.finish(inHand);
    expect(plan.take(0)?.message.offset).toBe('1');
  });

  test('a failed message comes again first, after its time, and holds up its partition alone', () => {
    const plan = schedule(byTopic(['t']));
    plan.assign({ t: [0, 1] });
    plan.offer('t', 0, [message(1), message(2)]);
    plan.offer('t', 1, [message(9)]);
    const failed = plan.take(0);
    if (failed) plan.again(failed, 100);
    expect(plan.take(50)?.message.offset).toBe('9');
    expect(plan.take(50)).toBeNull();
    expect(plan.nextDue(50)).toBe(100);
    expect(plan.take(100)).toMatchObject({ message: { offset: '1' }, failures: 1 });
    expect(plan.nextDue(100)).toBeNull();
  });

  test('a message that has a time of its own is not taken before it; the next of its partition is asked anew', () => {
    const plan = schedule({ rank: () => 0, notBefore: (_topic, { timestamp }) => Number(timestamp) });
    plan.assign({ retry: [0] });
    plan.offer('retry', 0, [message(1, 50), message(2, 20)]);
    expect(plan.take(10)).toBeNull();
    expect(plan.nextDue(10)).toBe(50);
    const first = plan.take(50);
    expect(first?.message.offset).toBe('1');
    if (first) plan.finish(first);
    expect(plan.take(50)?.message.offset).toBe('2');
  });

  test('what is tried again because nothing can be done just now does not count as a failure', () => {
    const plan = schedule(byTopic(['t']));
    plan.assign({ t: [0] });
    plan.offer('t', 0, [message(1)]);
    const first = plan.take(0);
    if (first) plan.again(first, 0, false);
    expect(plan.take(0)).toMatchObject({ message: { offset: '1' }, failures: 0 });
  });
});
