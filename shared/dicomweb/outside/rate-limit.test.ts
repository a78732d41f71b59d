import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { rateLimit } from './rate-limit.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('calls are spaced out over time; a second’s worth may come at once', async () => {
  const limit = rateLimit(4, () => Date.now());
  const start = Date.now();
  const at: number[] = [];
  const calls = Array.from({ length: 8 }, async () => {
    await limit.turn(new AbortController().signal);
    at.push(Date.now() - start);
  });
  await vi.runAllTimersAsync();
  await Promise.all(calls);
  expect(at).toEqual([0, 0, 0, 0, 250, 500, 750, 1000]);
});

test('who is told to stop does not wait', async () => {
  const limit = rateLimit(0.001, () => Date.now());
  await limit.turn(AbortSignal.abort());
  await limit.turn(AbortSignal.abort());
});
