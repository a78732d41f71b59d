import { mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { writeWhole } from './index.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-disk-'));
});

describe('a file written whole', () => {
  test('is there with its folders, for the owner alone, and nothing beside it', async () => {
    const file = path.join(folder, 'a/b/c.dcm');
    await writeWhole(file, Uint8Array.of(1, 2, 3));
    expect([...(await readFile(file))]).toEqual([1, 2, 3]);
    expect(await readdir(path.dirname(file))).toEqual(['c.dcm']);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(path.dirname(file))).mode & 0o777).toBe(0o700);
  });

  test('takes the place of an older one and of what a crash left', async () => {
    const file = path.join(folder, 'c.dcm');
    await writeFile(`${file}.part`, 'a long half of an older file');
    await writeWhole(file, Buffer.from('old'));
    await writeWhole(file, Buffer.from('new'));
    expect(await readFile(file, 'utf8')).toBe('new');
    expect(await readdir(folder)).toEqual(['c.dcm']);
  });
});
