import { copyFile, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { CASES_HEADER } from '../support/discs.ts';
import { run } from '../support/maskwright.ts';
import { repositoryRoot } from '../support/needs.ts';

const phantoms = path.join(repositoryRoot, 'fixtures/phantoms');
const SLICES = ['14', '12', '13', '11'];

describe('what segment writes is the truth that evaluate finds again, to the pixel', () => {
  let folder = '';

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-references-'));
    await mkdir(path.join(folder, 'ct'));
    for (const [index, slice] of SLICES.entries())
      await copyFile(path.join(phantoms, `chest-ct-03/chest-ct-03-${slice}.dcm`), path.join(folder, `ct/${index}.dcm`));
    await copyFile(path.join(phantoms, 'chest-pa-cr-01/chest-pa-cr-01.dcm'), path.join(folder, 'cr.dcm'));
    const made = await run([
      'segment',
      path.join(folder, 'ct'),
      path.join(folder, 'cr.dcm'),
      '--out',
      path.join(folder, 'truth'),
      '--format',
      'seg,nifti,png',
    ]);
    expect(made.code, made.stderr).toBe(0);
  }, 400_000);

  test('from SEG, NIfTI and PNG, of a volume and of a radiograph', { timeout: 400_000 }, async () => {
    const rows = [
      'ct,truth/0.seg.dcm,liver,,SEG of a volume',
      'ct,truth/0.liver.nii.gz,liver,,NIfTI of a volume',
      'cr.dcm,truth/cr.seg.dcm,heart,,SEG of a radiograph',
      'cr.dcm,truth/cr.heart.nii.gz,heart,,NIfTI of a radiograph',
      'cr.dcm,truth/cr.heart.png,heart,,PNG of a radiograph',
      'ct,truth/cr.seg.dcm,heart,,SEG of another image',
      'cr.dcm,truth/0.seg.dcm,heart,,SEG of another series',
    ];
    await writeFile(path.join(folder, 'cases.csv'), [CASES_HEADER, ...rows].join('\n'));
    const out = path.join(folder, 'out');
    const { code } = await run([
      'evaluate',
      '--cases',
      path.join(folder, 'cases.csv'),
      '--out',
      out,
      '--model',
      'auto',
    ]);
    const report = JSON.parse(await readFile(path.join(out, 'report.json'), 'utf8'));
    const scored = report.rows.map(({ dataset, dice, n }: Record<string, unknown>) => ({ dataset, dice, n }));
    expect(scored).toEqual(rows.slice(0, 5).map((row) => ({ dataset: row.split(',').at(-1), dice: 1, n: 1 })));
    expect(report.faults).toMatchObject([
      { dataset: 'SEG of another image', reason: expect.stringMatching(/^MASK_INVALID: .*cr\.seg\.dcm/) },
      { dataset: 'SEG of another series', reason: expect.stringMatching(/^MASK_INVALID: .*0\.seg\.dcm/) },
    ]);
    expect(code).toBe(1);
  });
});
