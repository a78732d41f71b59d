import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { judgePython } from './needs.ts';

const verdict = z.object({
  errors: z.array(z.string()),
  warnings: z.array(z.string()),
  groups: z.array(
    z.object({
      kind: z.enum(['planar', 'volumetric', 'image']),
      trackingIdentifier: z.string(),
      trackingUid: z.string(),
      finding: z.string(),
      category: z.string(),
      sites: z.array(z.string()),
      lateralities: z.array(z.string()),
      evaluations: z.array(z.tuple([z.string(), z.string()])),
      measurements: z.array(z.tuple([z.string(), z.number(), z.string(), z.string().nullable()])),
      seg: z.string().optional(),
      segment: z.number().optional(),
      frame: z.number().optional(),
    }),
  ),
});
export type SrVerdict = z.infer<typeof verdict>;

/** What dciodvfy and highdicom say about a measurement report. */
export async function judgeSr(sr: Uint8Array): Promise<SrVerdict> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-sr-'));
  try {
    const file = path.join(folder, 'sr.dcm');
    await writeFile(file, sr);
    const script = path.join(import.meta.dirname, 'sr-check.py');
    const { stdout } = await promisify(execFile)(judgePython, [script, file], { maxBuffer: 2 ** 26 });
    return verdict.parse(JSON.parse(stdout));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
