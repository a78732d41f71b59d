import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ownerOnly } from './owner-only.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'owner-only-'));
});
afterEach(() => rm(folder, { recursive: true }));
const modeOf = async (name: string) => ((await stat(path.join(folder, name))).mode & 0o777).toString(8);

test('a file and its folders are made for their owner alone', async () => {
  ownerOnly(path.join(folder, 'home', 'state', 'queue.sqlite'));
  expect(await modeOf('home')).toBe('700');
  expect(await modeOf('home/state')).toBe('700');
  expect(await modeOf('home/state/queue.sqlite')).toBe('600');
});

test('files that others may read are closed to them, with what is in them; the folder of others stays as it is', async () => {
  await chmod(folder, 0o755);
  for (const name of ['queue.sqlite', 'queue.sqlite-wal', 'other.txt']) {
    await writeFile(path.join(folder, name), 'as before');
    await chmod(path.join(folder, name), 0o644);
  }
  ownerOnly(path.join(folder, 'queue.sqlite'));
  const modes = await Promise.all(['', 'queue.sqlite', 'queue.sqlite-wal', 'other.txt'].map(modeOf));
  expect(modes).toEqual(['755', '600', '600', '644']);
  expect((await stat(path.join(folder, 'queue.sqlite'))).size).toBe('as before'.length);
});
