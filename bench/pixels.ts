/**
 * The table of decoded pixels: `node bench/pixels.ts [--python PATH]` writes bench/results/pixels.md. Lossless files are
 * compared with the digests of ../shared/data/dicom/ORACLE.csv; lossy ones sample by sample with what pydicom decodes,
 * where `--python` has the packages of ../shared/tools/pixel-oracle.requirements.txt.
 */
import { spawn } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { sharedFolder } from '../test/support/needs.ts';
import { decodeOracleFile, type OracleRow, oracleFolder, oracleRows } from '../test/support/pixel-oracle.ts';

interface Compared {
  readonly row: OracleRow;
  readonly equal?: boolean;
  /** Largest difference and samples that differ by more than 1, of lossy files. */
  readonly difference?: { readonly most: number; readonly over1: number; readonly samples: number };
  readonly refused?: string;
  readonly milliseconds: number;
}

const { values } = parseArgs({ options: { python: { type: 'string' } } });
const scratch = await mkdtemp(path.join(os.tmpdir(), 'maskwright-pixels-'));
const compared: Compared[] = [];
for (const row of oracleRows()) compared.push(await compare(row, compared.length));
const withDifferences = values.python ? await differences(values.python, compared) : compared;
await rm(scratch, { recursive: true });
await writeFile(path.join(import.meta.dirname, 'results/pixels.md'), report(withDifferences));

async function compare(row: OracleRow, number: number): Promise<Compared> {
  const started = performance.now();
  const raw = openSync(path.join(scratch, `${number}.raw`), 'w');
  try {
    const { sha256 } = await decodeOracleFile(row.path, (bytes) => writeSync(raw, bytes));
    return { row, equal: sha256 === row.sha256, milliseconds: performance.now() - started };
  } catch (error) {
    const refused = error instanceof Error ? error.message : String(error);
    return { row, refused, milliseconds: performance.now() - started };
  } finally {
    closeSync(raw);
  }
}

async function differences(python: string, all: readonly Compared[]): Promise<Compared[]> {
  const tool = path.join(sharedFolder, 'tools/pixel-oracle.py');
  const script = path.join(import.meta.dirname, 'pixel-difference.py');
  const child = spawn(python, [script, tool, oracleFolder, scratch], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(all.map(({ row }) => row.path).join('\n'));
  const lines = (await Array.fromAsync(child.stdout)).join('').trim().split('\n');
  return all.map((one, at) => {
    const answer: { most?: number; over1?: number; samples?: number } = JSON.parse(lines[at] ?? '{}');
    const { most, over1 = 0, samples = 0 } = answer;
    return one.equal === undefined || most === undefined ? one : { ...one, difference: { most, over1, samples } };
  });
}

function report(all: readonly Compared[]): string {
  const known = all.filter(({ row }) => row.status === 'ok');
  const lossless = known.filter(({ row }) => !row.lossy);
  const equal = lossless.filter((one) => one.equal);
  const lossy = known.filter(({ row, refused }) => row.lossy && refused === undefined);
  const near = lossy.filter(({ difference }) => difference && difference.most <= 1);
  return [
    '# Pixels of real files',
    '',
    `\`node bench/pixels.ts\` over the ${all.length} files of ../shared/data/dicom/ORACLE.csv. Lossless: ${equal.length} of ` +
      `${lossless.length} digests equal pydicom's. Lossy: ${near.length} of ${lossy.length} nowhere more than 1 from what ` +
      'pydicom decodes.',
    '',
    '| transfer syntax | photometric | bits allocated / stored | files | equal | largest difference | refused |',
    '| --- | --- | --- | --: | --: | --: | --: |',
    ...groups(known).map(([key, group]) => {
      const most = Math.max(-1, ...group.map(({ difference }) => difference?.most ?? -1));
      const same = group.filter((one) => one.equal).length;
      const refused = group.filter((one) => one.refused !== undefined).length;
      return `| ${key} | ${group.length} | ${same} | ${most < 0 ? '' : most} | ${refused || ''} |`;
    }),
    '',
    '## What differs by more than 1, or is refused',
    '',
    '| file | what |',
    '| --- | --- |',
    ...known.flatMap(({ row, refused, difference, equal: same }) => {
      const { most = 0, over1 = 0, samples = 1 } = difference ?? {};
      if (refused !== undefined) return [`| ${row.path} | refused: ${refused} |`];
      if (most > 1) return [`| ${row.path} | up to ${most}; more than 1 in ${over1} of ${samples} samples |`];
      return !row.lossy && !same ? [`| ${row.path} | lossless by its syntax, up to ${most} |`] : [];
    }),
    '',
    '## What the oracle calls undecoded',
    '',
    '| file | ours |',
    '| --- | --- |',
    ...all.flatMap(({ row, refused }) => (row.status === 'ok' ? [] : [`| ${row.path} | ${refused ?? 'read'} |`])),
    '',
  ].join('\n');
}

function groups(all: readonly Compared[]): [string, Compared[]][] {
  const byKey = Map.groupBy(all, ({ row: { transferSyntax, photometric, bitsAllocated, bitsStored } }) => {
    const syntax = transferSyntax.replace('1.2.840.10008.1.2', '…') || 'none said';
    return `${syntax} | ${photometric} | ${bitsAllocated} / ${bitsStored}`;
  });
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1));
}
