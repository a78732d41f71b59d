import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DiskRoom } from './disk-room.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const MIB = 2 ** 20;

test.each<[string, () => Promise<number>, boolean]>([
  ['a disk with hardly anything free is full', async () => 1000, false],
  ['one with room is not: what could not be written was too large for it', async () => 500 * MIB, true],
  ['one that cannot be asked is not known to be', async () => Promise.reject(new Error('ENOENT')), true],
])('%s', async (_, freeBytes, isOpen) => {
  const room = new DiskRoom('/spool', freeBytes);
  expect(room.isOpen()).toBe(true);
  await room.look();
  expect(room.isOpen()).toBe(isOpen);
});

test('it is open again within a second of there being room', async () => {
  let free = 0;
  const room = new DiskRoom('/spool', async () => free);
  await room.look();
  const opened = room.opened(new AbortController().signal);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(room.isOpen()).toBe(false);
  free = 2 * MIB;
  await vi.advanceTimersByTimeAsync(1000);
  await opened;
  expect(room.isOpen()).toBe(true);
});

test('who is told to stop waits no longer', async () => {
  const room = new DiskRoom('/spool', async () => 0);
  await room.look();
  await room.opened(AbortSignal.abort());
  expect(room.isOpen()).toBe(false);
});
