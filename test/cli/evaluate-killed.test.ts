import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { CASES_HEADER, writeDiscs } from '../support/discs.ts';
import { maskwright, run } from '../support/maskwright.ts';
import { tinyModels } from '../support/tiny-models.ts';

const COUNT = 150;
const POLL_MS = 20;

test('an evaluation that is killed goes on where it was, and ends as if nothing had been', {
  timeout: 240_000,
}, async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-killed-'));
  const models = await tinyModels(path.join(folder, 'models'));
  const table = path.join(folder, 'cases.csv');
  await writeFile(table, [CASES_HEADER, ...(await writeDiscs(folder, { count: COUNT }))].join('\n'));
  const command = (out: string) => ['evaluate', '--cases', table, '--models', models, '--out', path.join(folder, out)];
  const read = (name: string) => readFile(path.join(folder, name), 'utf8').catch(() => '');
  const finished = async () => [...(await read('killed/journal.jsonl')).matchAll(/^\{"key":"(\w+)".*\}$/gm)];

  const first = maskwright(command('killed'));
  while (first.child.exitCode === null && (await finished()).length < 10) await delay(POLL_MS);
  await first.kill('SIGKILL');
  const before = (await finished()).map(([line]) => line);
  expect(before.length).toBeGreaterThanOrEqual(10);
  expect(before.length).toBeLessThan(COUNT);
  expect(await read('killed/report.json')).toBe('');

  expect((await run(command('killed'))).code).toBe(0);
  const after = await finished();
  expect(after.slice(0, before.length).map(([line]) => line)).toEqual(before);
  expect(new Set(after.map(([, key]) => key)).size).toBe(COUNT);
  expect(after).toHaveLength(COUNT);

  expect((await run(command('whole'))).code).toBe(0);
  expect(await read('killed/cases.csv')).toBe(await read('whole/cases.csv'));
  const [killed, whole] = [JSON.parse(await read('killed/report.json')), JSON.parse(await read('whole/report.json'))];
  expect({ ...killed, at: '' }).toEqual({ ...whole, at: '' });
});
