import { MaskwrightError } from '@maskwright/errors';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type ReadinessCheck, watchReadiness } from './readiness.ts';

let stop: AbortController;
beforeEach(() => {
  vi.useFakeTimers();
  stop = new AbortController();
});
afterEach(() => {
  stop.abort();
  vi.useRealTimers();
});

const check = (part: string, look: ReadinessCheck['look'], glance?: ReadinessCheck['glance']): ReadinessCheck => ({
  part,
  look,
  ...(glance ? { glance } : {}),
});
const fine = async () => undefined;
const watch = (checks: readonly ReadinessCheck[], onChange?: (reasons: readonly string[]) => void) =>
  watchReadiness(checks, { signal: stop.signal, ...(onChange ? { onChange } : {}) });

describe('readiness', () => {
  test('a part that was not looked at yet is not ready', async () => {
    const { reasons } = watch([check('broker', fine)]);
    expect(reasons()).toEqual(['broker: not looked at yet']);
    await vi.advanceTimersByTimeAsync(0);
    expect(reasons()).toEqual([]);
  });

  test('follows each part, and names it with the reason', async () => {
    let away = true;
    const { reasons } = watch([
      check('disk', fine),
      check('broker', async () => {
        if (away) throw new MaskwrightError('QUEUE_UNREACHABLE', 'Kafka at k:9092 does not answer');
        return undefined;
      }),
      check('models', async () => 'polyp is being loaded'),
    ]);
    await vi.advanceTimersByTimeAsync(0);
    expect(reasons()).toEqual([
      'broker: QUEUE_UNREACHABLE: Kafka at k:9092 does not answer',
      'models: polyp is being loaded',
    ]);
    away = false;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(reasons()).toEqual(['models: polyp is being loaded']);
  });

  test('a look that hangs is a reason, holds up no other part, and is not begun twice', async () => {
    let looks = 0;
    let answer: (reason: undefined) => void = () => undefined;
    const hangs = () => {
      looks += 1;
      return new Promise<undefined>((resolve) => {
        answer = resolve;
      });
    };
    const { reasons } = watch([check('archive', hangs), check('disk', fine)]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([reasons(), looks]).toEqual([['archive: no answer within 5 s'], 1]);
    answer(undefined);
    await vi.advanceTimersByTimeAsync(0);
    expect(reasons()).toEqual([]);
  });

  test('what is known already counts between two looks', async () => {
    let open = true;
    const { reasons } = watch([check('archive', fine, () => (open ? undefined : 'left alone'))]);
    await vi.advanceTimersByTimeAsync(0);
    open = false;
    expect(reasons()).toEqual(['archive: left alone']);
  });

  test('whoever is asked to end is draining', async () => {
    const { reasons } = watch([check('disk', fine)]);
    await vi.advanceTimersByTimeAsync(0);
    stop.abort();
    expect(reasons()).toEqual([expect.stringContaining('draining')]);
  });

  test('each change is told once', async () => {
    let reason: string | undefined;
    const told: (readonly string[])[] = [];
    watch([check('disk', async () => reason), check('broker', fine)], (reasons) => told.push(reasons));
    await vi.advanceTimersByTimeAsync(20_000);
    expect(told).toEqual([]);
    reason = 'full';
    await vi.advanceTimersByTimeAsync(20_000);
    reason = undefined;
    await vi.advanceTimersByTimeAsync(20_000);
    expect(told).toEqual([['disk: full'], []]);
  });
});
