import { describe, expect, test } from 'vitest';
import { type Fetched, schedule } from './schedule.ts';

const message = (offset: number, timestamp = offset): Fetched => ({
  offset: String(offset),
  timestamp: String(timestamp),
  key: null,
  value: null,
});

describe('schedule of fetched messages', () => {
  test('takes by topic, then by age, one at a time of each partition', () => {
    const plan = schedule(['urgent', 'later']);
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
    const plan = schedule(['t']);
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
    const plan = schedule(['t']);
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
    const plan = schedule(['t']);
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
});
