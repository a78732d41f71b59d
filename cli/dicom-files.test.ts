import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesUnder, looksLikeDicom } from './dicom-files.ts';

describe('the files under a folder', () => {
  test.each<[string, (folder: string) => Promise<unknown>, readonly string[]]>([
    ['are in order, those of its folders among them', async () => undefined, ['a.dcm', 'b/1.dcm', 'c.dcm']],
    [
      'are there beside a link to nothing, which is left to whoever reads it',
      (folder) => symlink(path.join(folder, 'gone'), path.join(folder, 'b/0.dcm')),
      ['a.dcm', 'b/0.dcm', 'b/1.dcm', 'c.dcm'],
    ],
    [
      'are there beside a link to itself',
      (folder) => symlink('loop.dcm', path.join(folder, 'loop.dcm')),
      ['a.dcm', 'b/1.dcm', 'c.dcm', 'loop.dcm'],
    ],
    [
      'come once where a link leads back to the folder',
      (folder) => symlink(folder, path.join(folder, 'b/up')),
      ['a.dcm', 'b/1.dcm', 'c.dcm'],
    ],
    [
      'come once where a link leads to a folder beside it',
      (folder) => symlink(path.join(folder, 'b'), path.join(folder, 'd')),
      ['a.dcm', 'b/1.dcm', 'c.dcm'],
    ],
    ['are without hidden ones', (folder) => writeFile(path.join(folder, '.x'), ''), ['a.dcm', 'b/1.dcm', 'c.dcm']],
  ])('%s', async (_, change, expected) => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-files-'));
    await mkdir(path.join(folder, 'b'));
    for (const name of ['c.dcm', 'b/1.dcm', 'a.dcm']) await writeFile(path.join(folder, name), '');
    await change(folder);
    const found = await Array.fromAsync(filesUnder([folder]));
    expect(found.map((file) => path.relative(folder, file))).toEqual(expected);
  });

  test('what was named and is not there is left to whoever reads it', async () => {
    expect(await Array.fromAsync(filesUnder(['/nowhere/a.dcm']))).toEqual(['/nowhere/a.dcm']);
  });
});

describe('what looks like DICOM', () => {
  const preamble = (after: string) => [...new Uint8Array(128), ...Buffer.from(after)];
  test.each<[string, readonly number[], boolean]>([
    ['a Part 10 file', preamble('DICM\x02\0'), true],
    ['one that lost its preamble: File Meta Information first', [2, 0, 0, 0, 0x55, 0x4c], true],
    ['one that lost its preamble and File Meta Information', [8, 0, 5, 0, 0x43, 0x53], true],
    ['a preamble without the mark', preamble('DICOM'), false],
    ['a preamble cut in the mark', preamble('DI'), false],
    ['PNG', [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10], false],
    ['JPEG', [0xff, 0xd8, 0xff, 0xe0], false],
    ['NIfTI', [0x5c, 1, 0, 0], false],
    ['compressed NIfTI', [0x1f, 0x8b, 8, 0], false],
    ['text', [...Buffer.from('study,image')], false],
    ['an empty file', [], false],
  ])('%s', (_, bytes, expected) => {
    expect(looksLikeDicom(Uint8Array.from(bytes))).toBe(expected);
  });
});
