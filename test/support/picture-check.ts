import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { judgePython } from './needs.ts';

const verdict = z.object({
  errors: z.array(z.string()),
  pstate: z.array(z.string()),
  key: z.object({
    sopClass: z.string(),
    photometric: z.string(),
    rows: z.number(),
    columns: z.number(),
    conversion: z.string(),
    imageType: z.array(z.string()),
    source: z.string(),
    frame: z.number(),
    covered: z.number(),
  }),
  masks: z.array(z.tuple([z.string(), z.string(), z.number(), z.string()])),
  layers: z.array(z.tuple([z.string(), z.array(z.number())])),
  pydicom: z.number().nullable(),
  dcmtk: z.number().nullable(),
  profile: z.number().nullable(),
});
export type PictureVerdict = z.infer<typeof verdict>;

/**
 * What dciodvfy, dcmtk and pydicom say about a key image and a presentation state.
 * @param sources DICOM files or folders that both were made from
 */
export async function judgePictures(
  key: Uint8Array,
  presentation: Uint8Array,
  sources: readonly string[],
): Promise<PictureVerdict> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-pictures-'));
  try {
    const [keyFile, stateFile] = [path.join(folder, 'key.dcm'), path.join(folder, 'ps.dcm')];
    await writeFile(keyFile, key);
    await writeFile(stateFile, presentation);
    const script = path.join(import.meta.dirname, 'picture-check.py');
    const args = [script, keyFile, stateFile, ...sources];
    const { stdout } = await promisify(execFile)(judgePython, args, { maxBuffer: 2 ** 26 });
    return verdict.parse(JSON.parse(stdout));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
