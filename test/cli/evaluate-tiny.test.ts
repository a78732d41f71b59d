import { mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { PNG } from 'pngjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { CASES_HEADER, writeDiscs } from '../support/discs.ts';
import { run } from '../support/maskwright.ts';
import { tinyModels } from '../support/tiny-models.ts';

const COUNT = 5;
const SLOW = { timeout: 240_000 };

describe('evaluate, with models of a few nodes', () => {
  let folder = '';
  let models = '';
  let lines: string[] = [];
  const evaluate = (out: string, ...more: string[]) =>
    run(['evaluate', '--cases', path.join(folder, 'cases.csv'), '--models', models, '--out', out, ...more]);
  const outFolder = () => mkdtemp(path.join(folder, 'out-'));

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-tiny-'));
    models = await tinyModels(path.join(folder, 'models'));
    lines = await writeDiscs(folder, { count: COUNT });
    await writeFile(path.join(folder, 'cases.csv'), [CASES_HEADER, ...lines].join('\n'));
  });

  test('each case counts once, whatever is named twice and however many prompt types are asked', SLOW, async () => {
    const out = await outFolder();
    await evaluate(out, '--model', 'auto', 'starter-vlsm', 'auto', '--prompt-type', 'P1', 'p1', 'P2');
    const { rows, choice } = JSON.parse(await readFile(path.join(out, 'report.json'), 'utf8'));
    expect(rows.map(({ model, promptType, n }: Record<string, unknown>) => ({ model, promptType, n }))).toEqual(
      ['P1', 'P2'].flatMap((promptType) => ['auto', 'starter-vlsm'].map((model) => ({ model, promptType, n: COUNT }))),
    );
    expect(choice).toMatchObject({ n: COUNT, stored: COUNT });
  });

  // The fifth disc is faint: the VLSM finds it and is chosen, the UNet finds nothing.
  test.each([
    ['starter-vlsm', true],
    ['starter-unet', false],
  ])('the picture of a worst case shows the mask of %s, of which its caption tells', SLOW, async (model, found) => {
    const out = await outFolder();
    await evaluate(out, '--model', model);
    const page = await readFile(path.join(out, 'report.html'), 'utf8');
    const [, base64 = ''] = new RegExp(`base64,([^"]+)"><figcaption>[^<]*4\\.png: ${model}, Dice`).exec(page) ?? [];
    const { data } = PNG.sync.read(Buffer.from(base64, 'base64'));
    const isRed = (at: number) => data[at] === 255 && data[at + 1] === 64 && data[at + 2] === 64;
    expect(data.some((_, at) => at % 4 === 0 && isRed(at))).toBe(found);
  });

  test.each(['cases.csv', 'report.json', 'report.html'])('says that %s cannot be written', SLOW, async (name) => {
    const out = await outFolder();
    await mkdir(path.join(out, name));
    const { code, stderr } = await evaluate(out, '--model', 'starter-vlsm');
    expect(stderr).toMatch(new RegExp(`OUTPUT_UNWRITABLE: .*${name}`));
    expect(code).toBe(1);
  });

  test.skipIf(os.platform() !== 'linux')('ends where the disk is full', SLOW, async () => {
    const out = await outFolder();
    await symlink('/dev/full', path.join(out, 'cases.csv'));
    const { code, stderr } = await evaluate(out, '--model', 'starter-vlsm');
    expect(stderr).toMatch(/^maskwright: OUTPUT_UNWRITABLE: .*cases\.csv/);
    expect(code).toBe(1);
  });

  test('shows control characters of the table, and does not obey them', SLOW, async () => {
    const hostile = path.join(folder, 'hostile.csv');
    await writeFile(hostile, [CASES_HEADER, '0.png,0.mask.png,\u001b[31mheart,,x'].join('\n'));
    const { stderr } = await run(['evaluate', '--cases', hostile, '--models', models, '--out', await outFolder()]);
    expect(stderr).toContain('(\\u001b[31mheart): TASK_UNKNOWN');
    expect(stderr).not.toContain('\u001b');
  });
});
