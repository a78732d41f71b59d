import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { datasetOf, parsePart10 } from '@maskwright/dicom';
import { judgeImage } from '@maskwright/image';
import { PNG } from 'pngjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { run } from '../support/maskwright.ts';
import { repositoryRoot } from '../support/needs.ts';

const phantoms = path.join(repositoryRoot, 'fixtures/phantoms');
const SLOW = { timeout: 400_000 };
const black = (width: number, height: number) => PNG.sync.write(new PNG({ width, height, fill: true }));

/** The header of a huge picture with a small picture's pixels. */
function claiming(width: number, height: number): Buffer {
  const png = black(1, 1);
  png.writeUInt32BE(width, 16);
  png.writeUInt32BE(height, 20);
  return png;
}

interface Entry {
  readonly input: string;
  readonly outcome: string;
  readonly reason: string;
  readonly files?: readonly string[];
}

describe('images that no model is for end with a named outcome and without a mask', () => {
  let entries: readonly Entry[] = [];
  let code: number | null = null;
  const of = (name: string) => entries.find(({ input }) => path.basename(input).startsWith(name));

  beforeAll(async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-bad-'));
    await writeFile(path.join(folder, 'black.png'), black(320, 240));
    await writeFile(path.join(folder, 'dot.png'), black(1, 1));
    await writeFile(path.join(folder, 'huge.png'), claiming(20_000, 20_000));
    await cp(path.join(phantoms, 'chest-pa-cr-01/chest-pa-cr-01.dcm'), path.join(folder, 'chest.dcm'));
    const out = await mkdtemp(path.join(os.tmpdir(), 'maskwright-bad-out-'));
    const answer = await run(['segment', folder, '--task', 'polyp', '--out', out, '--format', 'seg,png', '--json']);
    entries = JSON.parse(answer.stdout);
    code = answer.code;
  }, 400_000);

  test.each<[string, string, string, RegExp]>([
    ['all black', 'black', 'needs-person', /uniform/],
    ['of one pixel', 'dot', 'needs-person', /uniform|pixel/],
    ['of 20,000 × 20,000 pixels', 'huge', 'failed', /^PICTURE_INVALID: .*huge\.png is 20000 × 20000 pixels/],
    ['of the wrong modality', 'chest', 'needs-person', /CR|modality/i],
  ])('%s', (_, name, outcome, reason) => {
    expect(of(name)).toMatchObject({ outcome, reason: expect.stringMatching(reason) });
    expect(of(name)?.files ?? []).toEqual([]);
  });

  test('the one that failed sets the exit code', () => {
    expect(entries).toHaveLength(4);
    expect(code).toBe(1);
  });
});

test('a DICOM header of 20,000 × 20,000 pixels is refused before its pixels are touched', async () => {
  const instance = parsePart10(await readFile(path.join(phantoms, 'endoscopy-04/endoscopy-04.dcm')));
  const huge = { ...instance, dataset: { ...instance.dataset, ...datasetOf({ Rows: 20_000, Columns: 20_000 }) } };
  expect(() => judgeImage(huge)).toThrow(expect.objectContaining({ code: expect.stringMatching(/^PIXELS_/) }));
});

describe('words about what the model has not learned of such images', () => {
  const asked = async (words: string, ...more: string[]) => {
    const out = await mkdtemp(path.join(os.tmpdir(), 'maskwright-words-'));
    const segment = ['segment', path.join(phantoms, 'endoscopy-04'), '--prompt', words, '--out', out, '--json'];
    const { stdout } = await run([...segment, '--format', 'seg,png', ...more]);
    return JSON.parse(stdout)[0];
  };

  test.each([
    ['of another place', 'left kidney'],
    ['of another family', 'heart'],
    ['in an unknown language', 'figo la kushoto'],
    ['beside some that it knows', 'polyp; left kidney'],
  ])('%s get no mask: a person should look', SLOW, async (_, words) => {
    const entry = await asked(words);
    expect(entry).toMatchObject({
      outcome: 'needs-person',
      reason: expect.stringContaining('starter-vlsm has learned polyp, and something else was asked for'),
      files: [],
    });
  });

  test('get one where a person insists on the model, and it is told to be a guess', SLOW, async () => {
    const entry = await asked('left kidney', '--model', 'starter-vlsm');
    expect(entry.warnings).toEqual([expect.stringMatching(/"left kidney" names no structure .* guess/)]);
    expect(entry.files).toHaveLength(2);
  });
});
