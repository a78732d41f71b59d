import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { restWhereNothingWaits } from './request-queue.ts';

const timer = vi.spyOn(globalThis, 'setTimeout');
let queue: RequestQueue;
beforeEach(() => {
  timer.mockClear();
  queue = new RequestQueue({ maxInFlightRequests: 1, requestTimeout: 1000, logger: { debug: () => undefined } });
});
afterEach(() => queue.destroy());

/** How long kafkajs waits before it looks at the requests that wait, for each time that it was asked. */
const planned = () => timer.mock.calls.map(([, delay]) => delay ?? 0);
const push = (correlationId: number) =>
  queue.push({ entry: { correlationId }, expectResponse: true, sendRequest: () => undefined });

test('kafkajs by itself looks at once, and ever again, where nothing waits', () => {
  queue.checkPendingRequests();
  expect(planned()).toEqual([expect.any(Number)]);
  expect(planned()[0]).toBeLessThan(0);
});

test('with us it rests where nothing waits, and looks where something does', () => {
  restWhereNothingWaits();
  queue.checkPendingRequests();
  push(1);
  expect(planned()).toEqual([]);
  push(2);
  expect(planned()).toEqual([10]);
});
