import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { MaskwrightError } from '@maskwright/errors';
import { z } from 'zod';
import { CALIBRATION, LARGEST_MANIFEST, MANIFEST, parseJson } from './bundle.ts';
import type { Calibration } from './calibration.ts';
import { readInside, sha256Of } from './checked-file.ts';
import { SIGNATURE } from './signature.ts';
import { isSigned } from './trust.ts';

/**
 * Writes calibration.json and its digest into the bundle's manifest: the bundle's own digest, and with it every job key,
 * becomes another.
 * @throws MaskwrightError BUNDLE_INVALID; BUNDLE_UNTRUSTED where a signature would be broken
 */
export async function attachCalibration(directory: string, calibration: Calibration): Promise<void> {
  if (await isSigned(directory))
    throw new MaskwrightError(
      'BUNDLE_UNTRUSTED',
      `the bundle is signed: remove ${SIGNATURE}, calibrate, and sign again`,
    );
  const bytes = await readInside(directory, MANIFEST, LARGEST_MANIFEST);
  const manifest = z.record(z.string(), z.unknown()).safeParse(parseJson(bytes, MANIFEST));
  if (!manifest.success) throw new MaskwrightError('BUNDLE_INVALID', `${MANIFEST} is not an object`);
  const content = Buffer.from(`${JSON.stringify(calibration)}\n`);
  const described = { file: CALIBRATION, sha256: sha256Of(content), bytes: content.length };
  await replace(path.join(directory, CALIBRATION), content);
  const changed = { ...manifest.data, calibration: described };
  await replace(path.join(directory, MANIFEST), Buffer.from(`${JSON.stringify(changed, null, 2)}\n`));
}

async function replace(file: string, content: Buffer): Promise<void> {
  await writeFile(`${file}.part`, content);
  await rename(`${file}.part`, file);
}
