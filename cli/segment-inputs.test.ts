import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describeError } from '@maskwright/errors';
import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../test/support/needs.ts';
import { readSeriesOfFiles } from './route-source.ts';
import { readInputs } from './segment-inputs.ts';

const endoscopy = path.join(repositoryRoot, 'fixtures/phantoms/endoscopy-04/endoscopy-04.dcm');

async function read(paths: readonly string[]) {
  const failed: string[] = [];
  let passed = 0;
  const passing = {
    fail: (name: string, error: unknown) => void failed.push(`${name}: ${describeError(error)}`),
    passOver: (count: number) => {
      passed = count;
    },
  };
  const inputs = await Array.fromAsync(readInputs(paths, passing));
  return { names: inputs.map(({ name }) => name), failed, passed };
}

test.each<[string, (folder: string) => unknown, RegExp]>([
  ['a link to nothing', (folder) => symlink('gone', path.join(folder, 'a.dcm')), /a\.dcm.*INPUT_NOT_FOUND/],
  [
    'a pipe',
    (folder) => execFileSync('mkfifo', [path.join(folder, 'a.dcm')]),
    /a\.dcm.*INPUT_UNREADABLE: .*not a regular file/,
  ],
])('%s is reported, and the others are segmented and routed', async (_, make, message) => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-inputs-'));
  await cp(endoscopy, path.join(folder, 'b.dcm'));
  await make(folder);

  const { names, failed } = await read([folder]);
  expect(names).toEqual(['b']);
  const series = await readSeriesOfFiles(folder, (what) => failed.push(what));
  expect(series).toHaveLength(1);
  expect(failed).toEqual([expect.stringMatching(message), expect.stringMatching(message)]);
});

test('inputs whose files have one name keep names of their own', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-inputs-'));
  const radiograph = path.join(repositoryRoot, 'fixtures/phantoms/chest-pa-cr-01/chest-pa-cr-01.dcm');
  const picture = path.join(repositoryRoot, 'docs/console.png');
  for (const [file, to] of [
    [endoscopy, 'a/IM0001'],
    [radiograph, 'b/IM0001'],
    [picture, 'b/im0001.png'],
    [picture, 'c/IM0001.png'],
  ] as const) {
    await cp(file, path.join(folder, to));
  }
  expect((await read([folder])).names.sort()).toEqual(['IM0001', 'b-IM0001', 'c-IM0001', 'im0001-2']);
});

const png = PNG.sync.write(new PNG({ width: 3, height: 2 }));
const jpg = jpeg.encode({ width: 3, height: 2, data: Buffer.alloc(24, 200) }).data;
const bmp = Buffer.from('BM, of another kind');

test.each<
  [string, Readonly<Record<string, Uint8Array>>, readonly string[], readonly string[], readonly RegExp[], number]
>([
  ['an empty folder', {}, [''], [], [/: INPUT_NOT_FOUND: no DICOM, PNG or JPEG is there/], 0],
  ['a folder without images', { 'a.txt': bmp, 'b.bmp': bmp }, [''], [], [/: INPUT_NOT_FOUND: /], 2],
  ['other files beside an image', { 'a.txt': bmp, 'b.png': png }, [''], ['b'], [], 1],
  ['a text that is named', { 'a.txt': bmp }, ['a.txt'], [], [/PICTURE_INVALID: a\.txt is no DICOM, PNG or JPEG/], 0],
  ['one of two', { 'a.bmp': bmp, 'b.png': png }, ['a.bmp', 'b.png'], ['b'], [/PICTURE_INVALID: a\.bmp/], 0],
  ['pictures without ending', { one: png, two: jpg }, [''], ['one', 'two'], [], 0],
  ['a picture by name only', { 'a.png': bmp, 'b.png': png }, [''], ['b'], [/PICTURE_INVALID: \S+a\.png is no PNG/], 0],
])(
  '%s: images are known by their content, and what is none is told',
  async (_, files, named, names, failed, passed) => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-inputs-'));
    for (const [name, bytes] of Object.entries(files)) await writeFile(path.join(folder, name), bytes);
    const found = await read(named.map((name) => path.join(folder, name)));
    expect(found).toEqual({ names, failed: failed.map((message) => expect.stringMatching(message)), passed });
  },
);
