import { describe, expect, test } from 'vitest';
import { allOpen, CircuitBreaker } from './availability.ts';

function breakerAt(clock: { now: number }) {
  return new CircuitBreaker({ failures: 3, baseMs: 100, maxMs: 300, now: () => clock.now, random: () => 1 });
}
const never = new AbortController().signal;

describe('the circuit breaker of an archive', () => {
  test('leaves it alone after so many calls in a row without an answer, longer each time, up to the most', () => {
    const clock = { now: 0 };
    const breaker = breakerAt(clock);
    breaker.unanswered();
    breaker.unanswered();
    breaker.answered();
    for (let i = 0; i < 2; i++) breaker.unanswered();
    expect(breaker.isOpen()).toBe(true);
    const waits: number[] = [];
    for (let i = 0; i < 4; i++) {
      breaker.unanswered();
      waits.push(breaker.waitMs());
      // What was under way when it was opened tells nothing new.
      breaker.unanswered();
      expect(breaker.waitMs()).toBe(waits.at(-1));
      clock.now += waits.at(-1) ?? 0;
      expect(breaker.isOpen()).toBe(true);
    }
    expect(waits).toEqual([100, 200, 300, 300]);
  });

  test('one answer closes it, and it takes as many failures again to open it', () => {
    const clock = { now: 0 };
    const breaker = breakerAt(clock);
    for (let i = 0; i < 3; i++) breaker.unanswered();
    expect(breaker.isOpen()).toBe(false);
    breaker.answered();
    expect(breaker.isOpen()).toBe(true);
    for (let i = 0; i < 2; i++) breaker.unanswered();
    expect(breaker.isOpen()).toBe(true);
  });

  test('the pause has jitter: archives’ clients that failed together do not come back together', () => {
    const breaker = new CircuitBreaker({ failures: 1, baseMs: 100, maxMs: 300, now: () => 0, random: () => 0 });
    breaker.unanswered();
    expect(breaker.waitMs()).toBe(50);
  });

  test('who waits for it goes on when the pause is over, or when told to stop', async () => {
    const breaker = new CircuitBreaker({ failures: 1, baseMs: 10, maxMs: 10 });
    breaker.unanswered();
    await breaker.opened(never);
    expect(breaker.isOpen()).toBe(true);
    const stuck = breakerAt({ now: 0 });
    for (let i = 0; i < 3; i++) stuck.unanswered();
    await stuck.opened(AbortSignal.abort());
    expect(stuck.isOpen()).toBe(false);
  });

  test('of two archives both must be there', async () => {
    const one = new CircuitBreaker({ failures: 1, baseMs: 10, maxMs: 10 });
    const both = allOpen([one, new CircuitBreaker({ failures: 1, baseMs: 10, maxMs: 10 })]);
    expect(both.isOpen()).toBe(true);
    one.unanswered();
    expect(both.isOpen()).toBe(false);
    await both.opened(never);
    expect(both.isOpen()).toBe(true);
  });
});
