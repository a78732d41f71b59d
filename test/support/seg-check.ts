import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Mask } from '@maskwright/image';
import { encodeNpy } from '@maskwright/phantom';
import { judgePython, sharedFolder } from './needs.ts';

export interface Verdict {
  readonly passed: boolean;
  /** PASS and FAIL lines of the judge. */
  readonly output: string;
}

/**
 * What dciodvfy, pydicom and highdicom say about a SEG: whether it is valid, lies on its source, and holds these masks.
 * @param seg Part 10
 * @param sources DICOM files or folders that the SEG was made from
 * @param masks one a segment; none where only the object is to be judged
 */
export async function judgeSeg(seg: Uint8Array, sources: readonly string[], masks: readonly Mask[]): Promise<Verdict> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'maskwright-seg-'));
  try {
    const file = path.join(folder, 'seg.dcm');
    await writeFile(file, seg);
    return await runJudge([file, ...sources, ...(await expectation(folder, masks))]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function expectation(folder: string, masks: readonly Mask[]): Promise<string[]> {
  const [first] = masks;
  if (!first) return [];
  const file = path.join(folder, 'masks.npy');
  const shape = [first.frames, first.rows, first.columns];
  await writeFile(
    file,
    encodeNpy(
      masks.map(({ data }) => data),
      shape,
    ),
  );
  return ['--expect', file];
}

function runJudge(args: readonly string[]): Promise<Verdict> {
  return new Promise((resolve) => {
    execFile(judgePython, [path.join(sharedFolder, 'tools/seg-check.py'), ...args], (error, stdout, stderr) => {
      resolve({ passed: error === null, output: stdout + stderr });
    });
  });
}
