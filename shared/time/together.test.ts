import { describe, expect, test } from 'vitest';
import { aborted } from './aborted.ts';
import { together } from './together.ts';

describe('works side by side', () => {
  const goesOn = (ended: string[], name: string) => async (stop: AbortSignal) => {
    await aborted(stop);
    // The work in hand takes a while yet.
    await new Promise(setImmediate);
    ended.push(name);
  };

  test.each<[string, (stop: AbortSignal) => Promise<void>]>([
    ['fails', () => Promise.reject(new Error('broken'))],
    [
      'fails before its first pause',
      () => {
        throw new Error('broken');
      },
    ],
  ])('where one %s the others are stopped and waited for before its error is thrown', async (_, fails) => {
    const ended: string[] = [];
    const run = together([goesOn(ended, 'before'), fails, goesOn(ended, 'after')], new AbortController().signal);
    await expect(run).rejects.toThrow('broken');
    expect(ended).toEqual(['before', 'after']);
  });

  test('the first error is thrown, not that of one which fails while it is stopped', async () => {
    const late = async (stop: AbortSignal) => {
      await aborted(stop);
      throw new Error('consequence');
    };
    const run = together([late, () => Promise.reject(new Error('cause'))], new AbortController().signal);
    await expect(run).rejects.toThrow('cause');
  });

  test('all end when they are told to stop, or were told before', async () => {
    const stop = new AbortController();
    const ended: string[] = [];
    const run = together([goesOn(ended, 'one'), goesOn(ended, 'two')], stop.signal);
    stop.abort();
    await run;
    await together([goesOn(ended, 'three')], AbortSignal.abort());
    expect(ended).toEqual(['one', 'two', 'three']);
  });
});
