import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';

const main = path.join(import.meta.dirname, 'main.ts');

test('images of two seeds in the layout of ../shared/data/images', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'phantom-'));
  const options = ['--out', folder, '--seed', '40', '--count', '2', '--kind', 'endoscopy', '--format', 'images'];
  execFileSync(process.execPath, [main, ...options]);
  const ids = ['phantom-endoscopy-40', 'phantom-endoscopy-41'];
  expect(readdirSync(folder).sort()).toEqual(ids.flatMap((id) => [`${id}.jpg`, `${id}.png`]));
}, 60_000);

test.each([
  { given: [], complaint: '--out' },
  { given: ['--out', 'nowhere', '--kind', 'foot'], complaint: '--kind foot' },
  { given: ['--out', 'nowhere', '--seed', 'x'], complaint: '--seed' },
  { given: ['--out', 'nowhere', '--format', 'gif'], complaint: '--format gif' },
  { given: ['--out', 'nowhere', '--colour'], complaint: '--colour' },
])(
  'wrong usage $given ends with 2 and says why',
  ({ given, complaint }) => {
    const { status, stderr } = spawnSync(process.execPath, [main, ...given], { encoding: 'utf8' });
    expect(status).toBe(2);
    expect(stderr).toContain(complaint);
  },
  60_000,
);
