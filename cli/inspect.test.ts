import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { repositoryRoot } from '../test/support/needs.ts';
import { shorterOf } from '../test/support/shorter.ts';
import { phantomFile } from '../test/support/starter-models.ts';
import { type Finding, inspect } from './inspect.ts';

const phantoms = path.join(repositoryRoot, 'fixtures/phantoms');
const temporary = () => mkdtemp(path.join(os.tmpdir(), 'maskwright-inspect-'));

async function inspected(paths: readonly string[], pixels = false) {
  const said: string[] = [];
  const code = await inspect(
    paths,
    { json: true, pixels },
    { stdout: (text) => said.push(text), stderr: () => undefined },
  );
  const findings: Finding[] = JSON.parse(said.join(''));
  return { code, findings };
}

describe('inspect', () => {
  test('says what a file is, and with --pixels what its values are', async () => {
    const { code, findings } = await inspected([path.join(phantoms, 'endoscopy-04')], true);
    expect(code).toBe(0);
    expect(findings).toMatchObject([{ verdict: 'ok', errors: [], rows: 320, columns: 320, frames: 1, dtype: '|u1' }]);
    expect(findings[0]?.pixelSha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test('photographs of two sizes in one series are no fault', async () => {
    const folder = await temporary();
    const photograph = await phantomFile('endoscopy-04');
    await writeFile(path.join(folder, 'a.dcm'), photograph);
    await writeFile(path.join(folder, 'b.dcm'), shorterOf(photograph));
    const { code, findings } = await inspected([folder]);
    expect([code, findings.map(({ verdict, rows }) => [verdict, rows])]).toEqual([
      0,
      [
        ['ok', 320],
        ['ok', 304],
      ],
    ]);
  });

  test('a bad file is refused by name and the others are looked at', async () => {
    const folder = await temporary();
    await cp(path.join(phantoms, 'endoscopy-04'), folder, { recursive: true });
    await writeFile(path.join(folder, 'text.dcm'), 'hello');
    const [good = ''] = await readdir(path.join(phantoms, 'endoscopy-04'));
    await writeFile(path.join(folder, 'cut.dcm'), (await readFile(path.join(folder, good))).subarray(0, 5000));
    const { code, findings } = await inspected([folder], true);
    expect(code).toBe(1);
    expect(findings.map(({ path: file, verdict }) => [path.basename(file), verdict])).toEqual([
      ['cut.dcm', 'rejected'],
      [good, 'ok'],
      ['text.dcm', 'rejected'],
    ]);
  });

  test.each<[string, (folder: string) => unknown, string, RegExp]>([
    [
      'a link to nothing',
      (folder) => symlink('gone', path.join(folder, 'a.dcm')),
      'a.dcm',
      /^INPUT_NOT_FOUND: \S+a\.dcm$/,
    ],
    [
      'a pipe',
      (folder) => execFileSync('mkfifo', [path.join(folder, 'a.dcm')]),
      'a.dcm',
      /^INPUT_UNREADABLE: \S+a\.dcm is not a regular file$/,
    ],
    ['a name that is not there', () => undefined, '../nowhere', /^INPUT_NOT_FOUND: \S+nowhere$/],
  ])('%s is refused by name and the others are looked at', async (_, make, name, reason) => {
    const folder = await temporary();
    await cp(path.join(phantoms, 'endoscopy-04'), folder, { recursive: true });
    await make(folder);
    const { code, findings } = await inspected([path.join(folder, name), folder]);
    expect(code).toBe(1);
    expect(findings.filter(({ verdict }) => verdict === 'ok')).toHaveLength(1);
    expect(findings.find(({ verdict }) => verdict === 'rejected')?.errors).toEqual([expect.stringMatching(reason)]);
  });

  test.each([
    ['a SOP class', '1.2.840.10008.5.1.4.1.1.77.1.1'],
    ['a transfer syntax', '1.2.840.10008.1.2.1\0'],
    ['a character set', 'ISO_IR 192'],
  ])('%s that is none is not quoted', async (_, value) => {
    const folder = await temporary();
    const [name = ''] = await readdir(path.join(phantoms, 'endoscopy-04'));
    const bytes = await readFile(path.join(phantoms, 'endoscopy-04', name));
    expect(bytes.includes(value, 0, 'latin1')).toBe(true);
    for (let at = bytes.indexOf(value); at >= 0; at = bytes.indexOf(value))
      bytes.write('DOE^JANE'.padEnd(value.length), at, 'latin1');
    await writeFile(path.join(folder, 'a.dcm'), bytes);
    const { findings } = await inspected([folder]);
    expect(findings).toHaveLength(1);
    expect(JSON.stringify(findings)).not.toContain('DOE');
  });

  test('an empty folder is refused by name', async () => {
    const folder = await temporary();
    const { code, findings } = await inspected([folder]);
    expect(code).toBe(1);
    expect(findings).toEqual([
      { path: folder, verdict: 'rejected', errors: ['INPUT_NOT_FOUND: no file is there'], warnings: [] },
    ]);
  });

  test('a missing slice is a fault of the series, named by its folder', async () => {
    const folder = await temporary();
    const names = (await readdir(path.join(phantoms, 'chest-ct-03'))).filter((_, index) => index !== 5 && index !== 6);
    for (const name of names) await cp(path.join(phantoms, 'chest-ct-03', name), path.join(folder, name));
    const { findings } = await inspected([folder]);
    expect(findings.find(({ path: where }) => where === folder)).toMatchObject({ verdict: 'warned' });
  });
});
