import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseObject } from '@maskwright/dicom';
import { expect, test } from 'vitest';
import { describeWith, needs, sharedFolder } from '../../test/support/needs.ts';
import { decodeAll } from './decode.ts';

const folder = path.join(sharedFolder, 'data/dicom');

/** A lossy JPEG under a lossless syntax: decoders differ by one grey level in a few of its pixels. */
const EXCEPTIONS = new Set(['visible-light/ophthalmic-slo-8bit-jpll.dcm']);

interface Row {
  readonly path: string;
  readonly transferSyntax: string;
  readonly lossy: boolean;
  readonly sha256: string;
  readonly means: readonly number[];
  readonly range: number;
}
function oracle(): Row[] {
  const file = path.join(folder, 'ORACLE.csv');
  if (!existsSync(file)) return [];
  const [head = '', ...lines] = readFileSync(file, 'utf8').trim().split('\n');
  const names = head.split(',');
  return lines.flatMap((line): Row[] => {
    const cells = line.split(',');
    const cell = (name: string): string => cells[names.indexOf(name)] ?? '';
    if (cell('status') !== 'ok') return [];
    const numbers = (name: string): number[] => cell(name).split('|').map(Number);
    return [
      {
        path: cell('path'),
        transferSyntax: cell('transfer_syntax'),
        lossy: cell('lossy') === 'yes',
        sha256: cell('pixel_sha256'),
        means: numbers('mean'),
        range: Math.max(1, Math.max(...numbers('max')) - Math.min(...numbers('min'))),
      },
    ];
  });
}

async function decoded(file: string): Promise<{ sha256: string; means: number[] }> {
  const hash = createHash('sha256');
  const sums = [0, 0, 0];
  let pixels = 0;
  let samples = 1;
  for await (const frame of decodeAll(parseObject(readFileSync(path.join(folder, file))))) {
    const { data } = frame;
    samples = frame.samples;
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    for (let at = 0; at < data.length; at += 1) sums[at % samples] = (sums[at % samples] ?? 0) + (data[at] ?? 0);
    pixels += data.length / samples;
  }
  return { sha256: hash.digest('hex'), means: sums.slice(0, samples).map((sum) => sum / pixels) };
}

describeWith(needs.sharedData, 'pixels of real files', () => {
  const rows = oracle().filter((row) => !EXCEPTIONS.has(row.path));
  const syntaxes = [...new Set(rows.map((row) => row.transferSyntax))].sort();

  test.each(syntaxes)('lossless files of %s equal pydicom bit for bit', async (syntax) => {
    for (const row of rows.filter((one) => one.transferSyntax === syntax && !one.lossy)) {
      expect((await decoded(row.path)).sha256, row.path).toBe(row.sha256);
    }
  });

  test.each(syntaxes)('lossy files of %s have the means that others find', async (syntax) => {
    // The frames of this one have not the size that its header says: it is refused.
    const lossy = rows.filter(
      (one) => one.transferSyntax === syntax && one.lossy && !one.path.includes('frames-of-other-size'),
    );
    for (const row of lossy) {
      const { means } = await decoded(row.path);
      for (const [at, mean] of means.entries()) {
        expect(Math.abs(mean - (row.means[at] ?? 0)) / row.range, row.path).toBeLessThan(0.002);
      }
    }
  });
});
