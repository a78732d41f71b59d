import { expect, test } from 'vitest';
import { fetchAhead } from './ahead.ts';

/** Requests that wait until they are answered by hand. */
function desk() {
  const asked: number[] = [];
  const signals: AbortSignal[] = [];
  const waiting = new Map<number, PromiseWithResolvers<string>>();
  const fetchOne = (key: number, signal: AbortSignal) => {
    asked.push(key);
    signals.push(signal);
    const one = Promise.withResolvers<string>();
    waiting.set(key, one);
    return one.promise;
  };
  return { asked, signals, fetchOne, answer: (key: number) => waiting.get(key)?.resolve(`#${key}`), waiting };
}

test('results come in the order of the keys, whatever the order of the answers, and no more than some ahead', async () => {
  const { asked, fetchOne, answer } = desk();
  const results = fetchAhead([1, 2, 3, 4, 5], 2, fetchOne);
  const first = results.next();
  answer(2);
  answer(1);
  expect(await first).toEqual({ value: '#1', done: false });
  expect(asked).toEqual([1, 2, 3]);
  expect(await results.next()).toEqual({ value: '#2', done: false });
  for (const key of [3, 4, 5]) {
    const next = results.next();
    answer(key);
    expect(await next).toEqual({ value: `#${key}`, done: false });
  }
  expect(await results.next()).toEqual({ value: undefined, done: true });
});

test('when the consumer goes away, what is under way is stopped', async () => {
  const { fetchOne, answer, signals } = desk();
  const results = fetchAhead([1, 2, 3], 2, fetchOne);
  const first = results.next();
  answer(1);
  await first;
  await results.return(undefined);
  expect(signals.every(({ aborted }) => aborted)).toBe(true);
});

test('when one fails, the others are stopped', async () => {
  const { fetchOne, waiting, signals } = desk();
  const first = fetchAhead([1, 2, 3], 2, fetchOne).next();
  waiting.get(1)?.reject(new Error('gone'));
  await expect(first).rejects.toThrow('gone');
  expect(signals.every(({ aborted }) => aborted)).toBe(true);
});

test('a key may be anything, undefined too', async () => {
  expect(await Array.fromAsync(fetchAhead([undefined, 0, ''], 2, async (key) => key))).toEqual([undefined, 0, '']);
});
