import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { timeLimit } from './time-limit.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('a time limit', () => {
  test('aborts when the time is over', () => {
    using limit = timeLimit(1000, undefined);
    vi.advanceTimersByTime(999);
    expect(limit.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(limit.signal.reason).toMatchObject({ name: 'TimeoutError' });
  });

  test('that no timer can take is the longest there is, not none', () => {
    using limit = timeLimit(2_592_000_000, undefined);
    vi.advanceTimersByTime(2 ** 31 - 2);
    expect(limit.signal.aborted).toBe(false);
  });

  test('aborts with the signal of the caller, for its reason', () => {
    const caller = new AbortController();
    using limit = timeLimit(1000, caller.signal);
    caller.abort('no longer wanted');
    expect(limit.signal.reason).toBe('no longer wanted');
    using late = timeLimit(1000, caller.signal);
    expect(late.signal.aborted).toBe(true);
  });

  test('leaves neither a timer nor a listener behind', () => {
    const caller = new AbortController();
    for (let call = 0; call < 1000; call += 1) {
      using _ = timeLimit(60_000, caller.signal);
    }
    expect(vi.getTimerCount()).toBe(0);
    expect(getEventListeners(caller.signal, 'abort')).toEqual([]);
  });
});
