import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parsePart10 } from '@maskwright/dicom';
import { assembleSource, type Mask } from '@maskwright/image';
import { FIXTURES, type PhantomStudy } from '@maskwright/phantom';
import { encodeSeg } from '@maskwright/result';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { describeWith, needs, ohifFolder } from '../support/needs.ts';
import { type RealOrthanc, startOrthanc } from '../support/orthanc.ts';
import { segInput } from '../support/seg-input.ts';

/** A line of the browser check: what OHIF holds after the SEG was opened. Frames are in the order of OHIF's stack. */
const seen = z.object({
  hydrated: z.boolean(),
  segments: z.array(z.string()),
  labelled: z.array(z.array(z.number().nullable())),
  errors: z.array(z.string()),
});

describeWith(needs.ohif, 'SEGs in OHIF, out of Orthanc', () => {
  let orthanc: RealOrthanc;
  let screenshots: string;
  beforeAll(async () => {
    orthanc = await startOrthanc();
    screenshots = await mkdtemp(path.join(os.tmpdir(), 'maskwright-ohif-'));
  });
  afterAll(async () => {
    await orthanc.stop();
    await rm(screenshots, { recursive: true, force: true });
  });

  const phantoms = FIXTURES.map((make) => make()).filter(({ name }) => !name.includes('dx'));
  test.each(phantoms)(
    '$name: every labelled pixel is one of ours',
    async (study) => {
      const studyInstanceUID = await store(study, orthanc);
      const { hydrated, segments, labelled, errors } = await openInOhif(orthanc.url, screenshots, studyInstanceUID);
      expect({ hydrated, errors }).toEqual({ hydrated: true, errors: [] });
      expect(segments).toEqual(Object.keys(study.masks));
      expect([...labelled.flat()].sort(ascending)).toEqual(pixelsByFrame(study).sort(ascending));
    },
    240_000,
  );
});

/** Puts the images and the SEG of their exact masks into the archive. */
async function store({ files, masks, shape }: PhantomStudy, { url }: RealOrthanc): Promise<string> {
  const instances = files.map(({ bytes }) => parsePart10(bytes));
  const { slices: frames, rows, columns } = shape;
  const named = Object.entries(masks).map(([name, data]): [string, Mask] => [name, { frames, rows, columns, data }]);
  const seg = encodeSeg(segInput(assembleSource(instances), Object.fromEntries(named)));
  for (const bytes of [...files.map((file) => file.bytes), seg]) {
    const response = await fetch(new URL('/instances', url), { method: 'POST', body: Uint8Array.from(bytes) });
    expect(response.ok).toBe(true);
  }
  return instances[0]?.studyInstanceUID ?? '';
}

/** The check ends with 1 where the SEG did not load; its line says why all the same. */
function openInOhif(root: string, screenshots: string, study: string): Promise<z.infer<typeof seen>> {
  return new Promise((resolve, reject) => {
    const args = ['check.mjs', root, screenshots, study];
    execFile(process.execPath, args, { cwd: ohifFolder }, (error, stdout) => {
      if (stdout === '') reject(error ?? new Error('the browser check said nothing'));
      else resolve(seen.parse(JSON.parse(stdout)));
    });
  });
}

function pixelsByFrame({ masks, shape }: PhantomStudy): number[] {
  const size = shape.rows * shape.columns;
  return Array.from({ length: shape.slices }, (_, slice) => {
    const structures = Object.values(masks).map((mask) => mask.subarray(slice * size, (slice + 1) * size));
    return structures.reduce((sum, mask) => sum + mask.filter((pixel) => pixel !== 0).length, 0);
  });
}
function ascending(a: number | null, b: number | null): number {
  return (a ?? -1) - (b ?? -1);
}
