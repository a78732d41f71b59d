import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { pause } from './pause.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('a pause', () => {
  test.each<[string, (stop: AbortController) => unknown]>([
    ['when its time is over', () => vi.advanceTimersByTime(1000)],
    ['when told to stop', (stop) => stop.abort()],
  ])('ends %s, and leaves nothing behind', async (_, end) => {
    const stop = new AbortController();
    let over = false;
    const paused = pause(1000, stop.signal).then(() => {
      over = true;
    });
    await vi.advanceTimersByTimeAsync(999);
    expect(over).toBe(false);
    end(stop);
    await paused;
    expect(vi.getTimerCount()).toBe(0);
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
  });

  test.each([2 ** 31, 2_592_000_000, Number.POSITIVE_INFINITY])(
    'of %d ms, which no timer can take, is the longest there is, not none',
    async (ms) => {
      let over = false;
      const paused = pause(ms, new AbortController().signal).then(() => {
        over = true;
      });
      await vi.advanceTimersByTimeAsync(2 ** 31 - 2);
      expect(over).toBe(false);
      await vi.advanceTimersByTimeAsync(1);
      await paused;
    },
  );

  test('is none where it was told to stop before', async () => {
    await pause(1000, AbortSignal.abort());
    expect(vi.getTimerCount()).toBe(0);
  });
});
