import { describe, expect, test } from 'vitest';
import { isGone, OWNER_SILENCE_MS, type Owner, thisOwner } from './owner.ts';

const self = thisOwner();
const noSuchProcess = 2 ** 30;

describe('the owner of running jobs', () => {
  test.each<[string, Owner, number, boolean]>([
    ['this process', self, 0, false],
    [
      'this process, long silent',
      { ...self, started: self.started || 'x' },
      10 * OWNER_SILENCE_MS,
      self.started === '',
    ],
    ['a process that has ended', { ...self, pid: noSuchProcess }, 0, true],
    ['an ended process whose pid another has now', { ...self, started: '1' }, 0, true],
    ['an ended process on a system that tells no starts', { ...self, pid: noSuchProcess, started: '' }, 0, true],
    ['a running process on such a system', { ...self, started: '' }, 0, false],
    ['a silent process on such a system', { ...self, started: '' }, OWNER_SILENCE_MS + 1, true],
    ['another machine', { ...self, host: 'elsewhere' }, OWNER_SILENCE_MS, false],
    ['another machine, silent', { ...self, host: 'elsewhere' }, OWNER_SILENCE_MS + 1, true],
  ])('%s: gone or not', (_title, owner, silentMs, gone) => {
    expect(isGone(owner, silentMs)).toBe(gone);
  });
});
