import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describeError } from '@maskwright/errors';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../test/support/needs.ts';
import { readSeriesOfFiles } from './route-source.ts';
import { readInputs } from './segment-inputs.ts';

const endoscopy = path.join(repositoryRoot, 'fixtures/phantoms/endoscopy-04/endoscopy-04.dcm');

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

  const failed: string[] = [];
  const inputs = await Array.fromAsync(
    readInputs([folder], (name, error) => failed.push(`${name}: ${describeError(error)}`)),
  );
  expect(inputs.map(({ name }) => name)).toEqual(['b']);
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
  const inputs = await Array.fromAsync(readInputs([folder], () => undefined));
  expect(inputs.map(({ name }) => name).sort()).toEqual(['IM0001', 'b-IM0001', 'c-IM0001', 'im0001-2']);
});
