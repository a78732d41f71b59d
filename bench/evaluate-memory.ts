/**
 * Memory of `maskwright evaluate` over a long run: `node bench/evaluate-memory.ts [--cases 4000] [--models FOLDER]`.
 * Discs, no two alike, scored by models of a few nodes (or by real ones), so that what grows is what evaluate keeps of each
 * case. Then the process is killed (SIGKILL) in a second run, and the same command goes on. Linux only (/proc). Writes
 * bench/results/evaluate-memory.json.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { CASES_HEADER, writeDiscs } from '../test/support/discs.ts';
import { tinyModels } from '../test/support/tiny-models.ts';
import { writeResult } from './results.ts';

const { values } = parseArgs({ options: { cases: { type: 'string', default: '4000' }, models: { type: 'string' } } });
const count = Number(values.cases);
const MARKS = [100, 500, 1000, 2000, 3000, 4000, 6000, 8000].filter((one) => one <= count);
const POLL_MS = 50;

const folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-memory-'));
try {
  const models = values.models ?? (await tinyModels(path.join(folder, 'models')));
  const table = path.join(folder, 'cases.csv');
  await writeFile(table, [CASES_HEADER, ...(await writeDiscs(folder, { count, side: 128 }))].join('\n'));

  const whole = await run(models, table, path.join(folder, 'whole'));
  const half = Math.floor(count / 2);
  const killed = await run(models, table, path.join(folder, 'killed'), half);
  const resumed = await run(models, table, path.join(folder, 'killed'));
  const same =
    (await readFile(path.join(folder, 'whole/cases.csv'), 'utf8')) ===
    (await readFile(path.join(folder, 'killed/cases.csv'), 'utf8'));
  const figures = {
    cases: count,
    side: 128,
    models: values.models ? 'as given' : 'a few nodes',
    whole,
    killed,
    resumed,
    same,
  };
  writeResult('evaluate-memory', figures);
  process.stdout.write(`${JSON.stringify(figures, null, 1)}\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** @param killAt cases after which the process is killed */
async function run(models: string, table: string, out: string, killAt?: number) {
  const bin = path.join(import.meta.dirname, '../cli/bin/maskwright.mjs');
  const args = [bin, 'evaluate', '--cases', table, '--models', models, '--out', out];
  const started = performance.now();
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  const ended = once(child, 'close');
  const rssMiB: Record<string, number> = {};
  for (const mark of MARKS) {
    while (child.exitCode === null && doneIn(out) < Math.min(mark, killAt ?? mark)) await delay(POLL_MS);
    if (killAt !== undefined && doneIn(out) >= killAt) child.kill('SIGKILL');
    const rss = rssOf(child);
    if (rss === undefined) break;
    rssMiB[mark] = rss;
  }
  const [code, signal] = await ended;
  return { code, signal, seconds: Math.round((performance.now() - started) / 1000), rssMiB };
}

/** Each case has three lines: both models and the choice. */
function doneIn(out: string): number {
  try {
    return (readFileSync(path.join(out, 'cases.csv'), 'utf8').split('\n').length - 2) / 3;
  } catch {
    return 0;
  }
}

function rssOf({ pid }: ChildProcess): number | undefined {
  try {
    const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kib === undefined ? undefined : Math.round(Number(kib) / 1024);
  } catch {
    return undefined;
  }
}
