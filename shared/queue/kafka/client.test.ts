import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { kafkaClient } from './client.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('what kafkajs says again and again is logged once a minute, of each broker', () => {
  const said: unknown[] = [];
  const log = (_level: string, message: string, fields: object) => void said.push([message, fields]);
  const logger = kafkaClient({ brokers: ['a:1'], clientId: 'c' }, log).logger();
  const fail = (broker: string, attempt: number) => logger.error(`Connection error, attempt ${attempt}`, { broker });
  for (let attempt = 1; attempt <= 50; attempt += 1) {
    fail('a:1', attempt);
    fail('b:1', attempt);
    vi.advanceTimersByTime(1000);
  }
  expect(said).toMatchObject([
    [expect.stringContaining('Connection error, attempt 1'), { broker: 'a:1' }],
    [expect.stringContaining('Connection error, attempt 1'), { broker: 'b:1' }],
  ]);
  vi.advanceTimersByTime(10_000);
  fail('a:1', 51);
  expect(said).toHaveLength(3);
});
