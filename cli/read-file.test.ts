import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { readInput, readJson, readText } from './read-file.ts';

vi.mock('node:fs/promises', { spy: true });

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-read-'));
});

describe('a file that is given', () => {
  test.each<[string, (file: string) => unknown, string, RegExp]>([
    ['that is not there', () => undefined, 'INPUT_NOT_FOUND', /given$/],
    ['that is a pipe', (file) => execFileSync('mkfifo', [file]), 'INPUT_UNREADABLE', /given is not a regular file/],
    ['that is a folder', (file) => mkdir(file), 'INPUT_UNREADABLE', /given is not a regular file/],
    [
      'that no buffer holds',
      async (file) => {
        await writeFile(file, '');
        await truncate(file, 2 ** 31);
      },
      'INPUT_UNREADABLE',
      /given is too large: 2147483648 bytes/,
    ],
  ])('%s is named', async (_, make, code, message) => {
    const file = path.join(folder, 'given');
    await make(file);
    await expect(readInput(file)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });
});

// Modes keep nothing from root, who may run the tests.
test('a folder that may not be listed is named with the reason', async () => {
  const cause = Object.assign(new Error('EACCES: permission denied, scandir'), { code: 'EACCES' });
  vi.mocked(readdir).mockRejectedValueOnce(cause);
  await expect(readInput(folder)).rejects.toMatchObject({
    code: 'INPUT_UNREADABLE',
    message: `${folder} (EACCES: permission denied, scandir)`,
    cause,
  });
});

test('a text may come through a pipe', async () => {
  const pipe = path.join(folder, 'given');
  execFileSync('mkfifo', [pipe]);
  const [text] = await Promise.all([readText(pipe), writeFile(pipe, 'image,mask\n')]);
  expect(text).toBe('image,mask\n');
});

describe('a JSON file', () => {
  test.each([
    ['without a byte order mark', ''],
    ['with one', '\uFEFF'],
  ])('%s is read', async (_, mark) => {
    const file = path.join(folder, 'a.json');
    await writeFile(file, `${mark}{"color": "red"}`);
    expect(await readJson(file)).toEqual({ color: 'red' });
  });

  test('that is none is named', async () => {
    const file = path.join(folder, 'a.json');
    await writeFile(file, '{');
    await expect(readJson(file)).rejects.toMatchObject({ code: 'USAGE', message: `${file} is not JSON` });
  });
});
