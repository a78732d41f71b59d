import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { PNG } from 'pngjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { run } from '../support/maskwright.ts';

/** A round spot on tissue, or its mask. */
function spot(x0: number, y0: number, r: number, kind: 'image' | 'mask'): Buffer {
  const png = new PNG({ width: 160, height: 120 });
  for (let i = 0; i < 160 * 120; i++) {
    const inside = ((i % 160) - x0) ** 2 + (Math.floor(i / 160) - y0) ** 2 < r * r;
    const [on, off] =
      kind === 'mask'
        ? [
            [255, 255, 255],
            [0, 0, 0],
          ]
        : [
            [205, 110, 95],
            [150, 60, 50],
          ];
    png.data.set([...((inside ? on : off) ?? []), 255], 4 * i);
  }
  return PNG.sync.write(png);
}

describe('evaluate', () => {
  let folder = '';
  const evaluate = (...more: string[]) =>
    run(['evaluate', '--cases', path.join(folder, 'cases.csv'), '--out', path.join(folder, 'out'), ...more]);
  const read = (name: string) => readFile(path.join(folder, 'out', name), 'utf8');

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-evaluate-'));
    await writeFile(path.join(folder, 'a.png'), spot(60, 60, 25, 'image'));
    await writeFile(path.join(folder, 'a.mask.png'), spot(60, 60, 25, 'mask'));
    await writeFile(path.join(folder, 'none.png'), spot(0, 0, 0, 'mask'));
    await writeFile(path.join(folder, 'a.json'), JSON.stringify({ family: 'polyp', number: 1, size: 'small' }));
    const lines = [
      'image,mask,target,attributes,dataset',
      'a.png,a.mask.png,polyp,a.json,spots',
      'a.png,none.png,polyp,,nothing',
      'a.png,missing.png,polyp,,spots',
      'a.png,a.mask.png,left kidney,,spots',
    ];
    await writeFile(path.join(folder, 'cases.csv'), `${lines.join('\n')}\n`);
  });

  test('scores what can be scored, names the rest, and goes on from its journal', { timeout: 240_000 }, async () => {
    const first = await evaluate();
    expect(first.code).toBe(1);
    expect(first.stderr).toMatch(/INPUT_NOT_FOUND: .*missing\.png/);
    expect(first.stderr).toMatch(/TASK_UNKNOWN: .*left kidney/);
    const report = JSON.parse(await read('report.json'));
    expect(report.faults).toHaveLength(2);
    const models = report.rows.map((row: { dataset: string; model: string }) => `${row.dataset} ${row.model}`);
    const all = ['starter-vlsm', 'starter-unet', 'auto'];
    expect(models).toEqual([...all.map((id) => `spots ${id}`), ...all.map((id) => `nothing ${id}`)]);
    for (const row of report.rows) {
      expect(row).toMatchObject({ target: 'polyp', n: 1 });
      expect(row.dice).toBeGreaterThanOrEqual(0);
      expect(row.diceLow).toBe(row.dice);
    }
    const table = await read('cases.csv');
    expect(table.split('\n')[0]).toBe('image,target,dataset,model,promptType,dice,predictedDice,outcome,chosen');
    expect(table.trim().split('\n')).toHaveLength(1 + 3 + 3 + 1 + 1);
    expect(await read('report.html')).toMatch(/<svg.*data:image\/png;base64/s);

    // As a kill leaves it: the second record is cut.
    const journal = await read('journal.jsonl');
    await writeFile(path.join(folder, 'out', 'journal.jsonl'), journal.trimEnd().slice(0, -20));
    await evaluate();
    expect(await read('cases.csv')).toBe(table);
    const keys = [...(await read('journal.jsonl')).matchAll(/^\{"key":"(\w+)".*\}$/gm)].map(([, key]) => key);
    expect(new Set(keys).size).toBe(2);
    expect(keys).toHaveLength(2);
  });

  test('each hostile row is named, and the others go on', { timeout: 240_000 }, async () => {
    const file = (name: string) => path.join(folder, name);
    await writeFile(file('cut.png'), spot(60, 60, 25, 'image').subarray(0, 400));
    await writeFile(file('empty.png'), '');
    await writeFile(file('small.mask.png'), PNG.sync.write(new PNG({ width: 16, height: 12 })));
    await writeFile(file('broken.json'), '{"size": ');
    await writeFile(file('list.json'), '[1]');
    await writeFile(file('cut.nii.gz'), Buffer.from([0x1f, 0x8b, 8, 0, 1, 2]));
    await writeFile(file('text.txt'), 'hello');
    await mkdir(file('nothing'));
    const rows: readonly (readonly [string, RegExp])[] = [
      ['nowhere.png,a.mask.png,polyp,,x', /INPUT_NOT_FOUND: .*nowhere\.png/],
      ['cut.png,a.mask.png,polyp,,x', /PICTURE_INVALID: .*cut\.png cannot be decoded/],
      ['empty.png,a.mask.png,polyp,,x', /empty\.png/],
      ['nothing,a.mask.png,polyp,,x', /INPUT_NOT_FOUND: .*nothing is empty/],
      ['text.txt,a.mask.png,polyp,,x', /PICTURE_INVALID: .*text\.txt is no PNG or JPEG/],
      ['a.png,small.mask.png,polyp,,x', /MASK_INVALID: .*16 × 12 pixels, the image 160 × 120/],
      ['a.png,cut.png,polyp,,x', /MASK_INVALID: .*cut\.png/],
      ['a.png,cut.nii.gz,polyp,,x', /MASK_INVALID: .*cut\.nii\.gz cannot be unzipped/],
      ['a.png,text.txt,polyp,,x', /MASK_INVALID: .*text\.txt is no PNG, DICOM SEG or NIfTI/],
      ['a.png,nothing,polyp,,x', /nothing/],
      ['a.png,a.mask.png,polyp,broken.json,x', /USAGE: .*broken\.json is not JSON/],
      ['a.png,a.mask.png,polyp,list.json,x', /USAGE: .*list\.json is no object of attributes/],
      ['a.png,,polyp,,x', /USAGE: .*case 13: mask is empty/],
      ['a.png,a.mask.png,polyp, with a comma,,x', /USAGE: .*case 14: 6 cells under 5 columns/],
      ['a.png,a.mask.png,,,x', /USAGE: .*case 15: target is empty/],
    ];
    const good = ['a.png,a.mask.png,polyp,,spots', 'a.png,a.mask.png,polyp,,spots'];
    const lines = ['image,mask,target,attributes,dataset', ...rows.map(([row]) => row), ...good];
    await writeFile(file('hostile.csv'), `${lines.join('\r\n')}\r\n`);
    const out = file('hostile');
    const { code, stderr } = await run(['evaluate', '--cases', file('hostile.csv'), '--out', out]);
    expect(code).toBe(1);
    expect(stderr).toContain('1 cases repeat an earlier one and count again; the first is case 17');
    const { faults, done, rows: scored } = JSON.parse(await readFile(path.join(out, 'report.json'), 'utf8'));
    expect(faults.map(({ reason }: { reason: string }) => reason)).toEqual(
      rows.map(([, reason]) => expect.stringMatching(reason)),
    );
    expect(done).toBe(rows.length + good.length);
    expect(scored.map(({ dataset, n }: { dataset: string; n: number }) => `${dataset} ${n}`)).toEqual(
      Array.from({ length: 3 }, () => 'spots 2'),
    );
    for (const [, reason] of rows) expect(stderr).toMatch(reason);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test('models and prompt types that are named are scored alone', { timeout: 240_000 }, async () => {
    await evaluate('--model', 'starter-vlsm', '--prompt-type', 'p0', 'P1');
    const { rows } = JSON.parse(await read('report.json'));
    const labels = rows.map((row: { model: string; promptType: string }) => `${row.model} ${row.promptType}`);
    expect([...new Set(labels)]).toEqual(['starter-vlsm P0', 'starter-vlsm P1']);
  });

  test.each([
    ['an unknown model', ['--model', 'gpt'], 1, /MODEL_UNKNOWN/],
    ['an unknown prompt type', ['--prompt-type', 'X'], 2, /P0 to P9/],
  ])('%s is named', async (_, more, code, message) => {
    const answer = await evaluate(...more);
    expect(answer.stderr).toMatch(message);
    expect(answer.code).toBe(code);
  });
});
