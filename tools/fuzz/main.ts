/**
 * `node tools/fuzz/main.ts [--minutes N] [--inputs N] [--seed N] [--out FOLDER]`: feeds changed files and bombs to
 * everything that reads them. Ends with 1 where an input crashed, hung, took too much memory, or ended in an error that
 * is no MaskwrightError; those inputs are written to FOLDER, and `--seed N --inputs 1` makes one again.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { corpusFiles } from './corpus.ts';
import { fuzz } from './fuzz.ts';
import { inputOf } from './input.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    inputs: { type: 'string', default: 'Infinity' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string', default: path.join(os.tmpdir(), 'maskwright-fuzz') },
  },
});
const corpus = corpusFiles();
const { faults, ...report } = await fuzz({
  seed: Number(values.seed),
  milliseconds: Number(values.minutes) * 60_000,
  inputs: Number(values.inputs),
  onFault: ({ seed, made, reason }) => process.stderr.write(`seed ${seed} (${made}): ${reason}\n`),
});
if (faults.length > 0) await mkdir(values.out, { recursive: true });
for (const { seed } of faults) await writeFile(path.join(values.out, `${seed}.dcm`), inputOf(seed, corpus).bytes);
process.stdout.write(`${JSON.stringify({ ...report, faults: faults.length, corpus: corpus.length }, null, 2)}\n`);
process.exitCode = faults.length > 0 ? 1 : 0;
