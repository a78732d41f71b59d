import { mkdir, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { FOR_ALL, putInPlace, writeWhole } from './index.ts';

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

  test('is for whoever the process lets read, where it is asked for', async () => {
    const file = path.join(folder, 'a/c.json');
    await writeWhole(file, '{}', FOR_ALL);
    const forAll = FOR_ALL & ~process.umask();
    expect((await stat(file)).mode & 0o777).toBe(forAll);
    expect((await stat(path.dirname(file))).mode & 0o777).toBe(0o777 & ~process.umask());
  });

  test.each<[string, (file: string) => Promise<unknown>, readonly string[]]>([
    ['a folder is in its place', (file) => mkdir(file), ['c.json']],
    ['a folder is in the place of the unfinished one', (file) => mkdir(`${file}.part`), ['c.json.part']],
  ])('is named where %s, and nothing is left beside', async (_, spoil, left) => {
    const file = path.join(folder, 'c.json');
    await spoil(file);
    await expect(writeWhole(file, '{}')).rejects.toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
      message: file,
      cause: { code: 'EISDIR' },
    });
    expect(await readdir(folder)).toEqual(left);
  });

  test('is named where a file is in the way of its folder', async () => {
    await writeFile(path.join(folder, 'a'), '');
    await expect(writeWhole(path.join(folder, 'a/c.json'), '{}')).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
  });

  test('may be written by another hand, and stays as it was where that fails', async () => {
    const file = path.join(folder, 'c.tar');
    await putInPlace(file, (unfinished) => writeFile(unfinished, 'old'));
    const failing = putInPlace(file, async (unfinished) => {
      await writeFile(unfinished, 'half of the new one');
      throw new Error('the disk is full');
    });
    await expect(failing).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE', message: file });
    expect(await readFile(file, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['c.tar']);
  });
});
