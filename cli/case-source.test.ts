import { execFileSync } from 'node:child_process';
import { copyFile, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { repositoryRoot } from '../test/support/needs.ts';
import { imagesOf, readImageFiles } from './case-source.ts';

const phantom = path.join(repositoryRoot, 'fixtures/phantoms/chest-pa-cr-01/chest-pa-cr-01.dcm');
const PREAMBLE = 132;

describe('the image of a case', () => {
  let folder = '';
  const source = async (name: string) => {
    const file = path.join(folder, name);
    return imagesOf(await readImageFiles(file), file)[0].source;
  };

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-case-'));
  });

  test.each([
    ['with preamble', 0],
    ['without preamble', PREAMBLE],
  ])('is read from DICOM %s, whatever the name', async (_, start) => {
    await writeFile(path.join(folder, 'IM0001'), (await readFile(phantom)).subarray(start));
    expect(await source('IM0001')).toMatchObject({ rows: 384, columns: 384, frames: [{ frameNumber: 1 }] });
  });

  test('a pipe is named, not waited for', async () => {
    execFileSync('mkfifo', [path.join(folder, 'pipe.dcm')]);
    await expect(source('pipe.dcm')).rejects.toMatchObject({
      code: 'INPUT_UNREADABLE',
      message: expect.stringMatching(/pipe\.dcm is not a regular file/),
    });
  });

  test('a file of a folder that is no DICOM is named', async () => {
    const series = await mkdtemp(path.join(folder, 'series-'));
    await copyFile(phantom, path.join(series, '1.dcm'));
    await writeFile(path.join(series, 'notes.txt'), 'the second series is better');
    await expect(source(path.basename(series))).rejects.toMatchObject({
      code: 'NOT_DICOM',
      message: expect.stringMatching(/notes\.txt: not a DICOM file/),
    });
  });
});
