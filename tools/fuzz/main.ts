/**
 * `node tools/fuzz/main.ts [--minutes N] [--inputs N] [--seed N] [--out FOLDER]`: feeds changed files and bombs to
 * everything that reads them. Ends with 1 where an input crashed, hung, took too much memory, or ended in an error that
 * is no MaskwrightError; those inputs are written to FOLDER, and `--seed N --inputs 1` makes one again. Ends with 2 where
 * the command line is wrong.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { MaskwrightError } from '@maskwright/errors';
import { corpusFiles } from './corpus.ts';
import { fuzz } from './fuzz.ts';
import { inputOf } from './input.ts';

const USAGE = 'usage: node tools/fuzz/main.ts [--minutes N] [--inputs N] [--seed N] [--out FOLDER]';

try {
  await run(optionsFrom(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof MaskwrightError)) throw error;
  console.error(`${error.message}\n${USAGE}`);
  process.exitCode = 2;
}

async function run({ out, ...limits }: ReturnType<typeof optionsFrom>): Promise<void> {
  const corpus = corpusFiles();
  const { faults, ...report } = await fuzz({
    ...limits,
    onFault: ({ seed, made, reason }) => process.stderr.write(`seed ${seed} (${made}): ${reason}\n`),
  });
  if (faults.length > 0) await mkdir(out, { recursive: true });
  for (const { seed } of faults) await writeFile(path.join(out, `${seed}.dcm`), inputOf(seed, corpus).bytes);
  process.stdout.write(`${JSON.stringify({ ...report, faults: faults.length, corpus: corpus.length }, null, 2)}\n`);
  process.exitCode = faults.length > 0 ? 1 : 0;
}

function optionsFrom(args: string[]) {
  const { minutes, inputs, seed, out } = valuesOf(args);
  return {
    milliseconds: positive(minutes, '--minutes') * 60_000,
    inputs: inputs === undefined ? Number.POSITIVE_INFINITY : whole(inputs, '--inputs', 1),
    seed: whole(seed, '--seed', 0),
    out,
  };
}

function valuesOf(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        minutes: { type: 'string', default: '60' },
        inputs: { type: 'string' },
        seed: { type: 'string', default: '1' },
        out: { type: 'string', default: path.join(os.tmpdir(), 'maskwright-fuzz') },
      },
    }).values;
  } catch (cause) {
    return usage(cause instanceof Error ? cause.message : 'wrong options', cause);
  }
}

function positive(text: string, option: string): number {
  const value = Number(text);
  return Number.isFinite(value) && value > 0 ? value : usage(`${option} must be a number above 0`);
}

function whole(text: string, option: string, least: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) && value >= least
    ? value
    : usage(`${option} must be a whole number from ${least} on`);
}

function usage(message: string, cause?: unknown): never {
  throw new MaskwrightError('USAGE', message, { cause });
}
