import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseObject } from '@maskwright/dicom';
import { decodeAll, type Frame } from '@maskwright/image';
import { sharedFolder } from './needs.ts';

export const oracleFolder = path.join(sharedFolder, 'data/dicom');

/** A line of ORACLE.csv: what pydicom reads in a file. Its head says how the columns are to be read. */
export interface OracleRow {
  readonly path: string;
  readonly status: string;
  readonly transferSyntax: string;
  readonly photometric: string;
  readonly bitsAllocated: string;
  readonly bitsStored: string;
  readonly lossy: boolean;
  readonly sha256: string;
  readonly note: string;
  /** One a sample. */
  readonly means: readonly number[];
  /** Largest value minus smallest, at least 1. */
  readonly range: number;
}

export function oracleRows(): OracleRow[] {
  const file = path.join(oracleFolder, 'ORACLE.csv');
  if (!existsSync(file)) return [];
  const [head = '', ...lines] = readFileSync(file, 'utf8').trim().split('\n');
  const names = head.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    const cell = (name: string): string => cells[names.indexOf(name)] ?? '';
    const numbers = (name: string): number[] => cell(name).split('|').map(Number);
    return {
      path: cell('path'),
      status: cell('status'),
      transferSyntax: cell('transfer_syntax'),
      photometric: cell('photometric'),
      bitsAllocated: cell('bits_allocated'),
      bitsStored: cell('bits_stored'),
      lossy: cell('lossy') === 'yes',
      sha256: cell('pixel_sha256'),
      note: cell('note'),
      means: numbers('mean'),
      range: Math.max(1, Math.max(...numbers('max')) - Math.min(...numbers('min'))),
    };
  });
}

export interface DecodedFile {
  readonly sha256: string;
  readonly means: readonly number[];
}
/** Our pixels of a file of the oracle, frame by frame; `each` sees their bytes. */
export async function decodeOracleFile(
  file: string,
  each: (bytes: Uint8Array) => void = () => undefined,
): Promise<DecodedFile> {
  const hash = createHash('sha256');
  const sums = [0, 0, 0];
  let pixels = 0;
  let samples: Frame['samples'] = 1;
  for await (const frame of decodeAll(parseObject(readFileSync(path.join(oracleFolder, file))))) {
    const { data } = frame;
    ({ samples } = frame);
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    hash.update(bytes);
    each(bytes);
    for (let at = 0; at < data.length; at += 1) sums[at % samples] = (sums[at % samples] ?? 0) + (data[at] ?? 0);
    pixels += data.length / samples;
  }
  return { sha256: hash.digest('hex'), means: sums.slice(0, samples).map((sum) => sum / pixels) };
}
