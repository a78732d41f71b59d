import type { KeyObject } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { FOR_ALL, UNFINISHED, unwritable, writeWhole } from '@maskwright/disk';
import { MaskwrightError } from '@maskwright/errors';
import { z } from 'zod';
import { CALIBRATION, LARGEST_MANIFEST, MANIFEST, parseJson } from './bundle.ts';
import type { Calibration } from './calibration.ts';
import { readInside, sha256Of } from './checked-file.ts';
import { SIGNATURE, signatureOf } from './signature.ts';
import { isSigned } from './trust.ts';

/**
 * Whether a calibration could be written into the bundle, asked before the work that it costs.
 * @param key with which a signed bundle would be signed again
 * @throws MaskwrightError BUNDLE_UNTRUSTED where a signature would be broken; OUTPUT_UNWRITABLE
 */
export async function mayAttach(directory: string, key?: KeyObject): Promise<void> {
  if (!key && (await isSigned(directory)))
    throw new MaskwrightError(
      'BUNDLE_UNTRUSTED',
      `the bundle is signed, and another manifest breaks ${SIGNATURE}: give --key to sign it again, or remove it first`,
    );
  const probe = path.join(directory, CALIBRATION + UNFINISHED);
  await writeFile(probe, '').catch(unwritable(probe));
  await rm(probe, { force: true });
}

/**
 * Writes calibration.json and its digest into the bundle's manifest: the bundle's own digest, and with it every job key,
 * becomes another. A signed bundle is signed again.
 * @returns whether it was signed again
 * @throws MaskwrightError BUNDLE_INVALID; BUNDLE_UNTRUSTED where a signature would be broken; OUTPUT_UNWRITABLE
 */
export async function attachCalibration(
  directory: string,
  calibration: Calibration,
  key?: KeyObject,
): Promise<boolean> {
  await mayAttach(directory, key);
  const signed = await isSigned(directory);
  const bytes = await readInside(directory, MANIFEST, LARGEST_MANIFEST);
  const manifest = z.record(z.string(), z.unknown()).safeParse(parseJson(bytes, MANIFEST));
  if (!manifest.success) throw new MaskwrightError('BUNDLE_INVALID', `${MANIFEST} is not an object`);
  const content = Buffer.from(`${JSON.stringify(calibration)}\n`);
  const described = { file: CALIBRATION, sha256: sha256Of(content), bytes: content.length };
  const changed = Buffer.from(`${JSON.stringify({ ...manifest.data, calibration: described }, null, 2)}\n`);
  await writeWhole(path.join(directory, CALIBRATION), content, FOR_ALL);
  await writeWhole(path.join(directory, MANIFEST), changed, FOR_ALL);
  if (!signed || !key) return false;
  await writeWhole(path.join(directory, SIGNATURE), signatureOf(changed, key), FOR_ALL);
  return true;
}
