import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { judgePython } from './needs.ts';

const counted = z.array(
  z.object({
    pixels: z.array(z.number()),
    area: z.number(),
    volume: z.number().nullable(),
    mean: z.number().nullable(),
    sd: z.number().nullable(),
    minimum: z.number().nullable(),
    maximum: z.number().nullable(),
  }),
);

/** What pydicom and numpy measure of a SEG on its source files, one a segment. */
export async function countSeg(seg: Uint8Array, sources: readonly string[]): Promise<z.infer<typeof counted>> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-measure-'));
  try {
    const file = path.join(folder, 'seg.dcm');
    await writeFile(file, seg);
    const script = path.join(import.meta.dirname, 'measure-check.py');
    const { stdout } = await promisify(execFile)(judgePython, [script, file, ...sources], { maxBuffer: 2 ** 26 });
    return counted.parse(JSON.parse(stdout));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
