import path from 'node:path';
import { FOR_ALL, writeWhole } from '@maskwright/disk';
import { MaskwrightError } from '@maskwright/errors';
import { z } from 'zod';
import { LARGEST_MANIFEST, MANIFEST, parseJson } from './bundle.ts';
import { readInside, sha256Of } from './checked-file.ts';
import { SIGNATURE } from './signature.ts';
import { isSigned } from './trust.ts';

/** The manifest's keys under which files are named. */
const PARTS = ['graphs', 'tokenizer', 'domain', 'calibration', 'documents'];
const record = z.record(z.string(), z.unknown());

/**
 * Writes size and sha256 of every file that a bundle's manifest names into it, and gives the names of those that were not right
 * before; a manifest that is right stays as it is, byte for byte.
 * @throws MaskwrightError BUNDLE_INVALID naming a file that cannot be read; BUNDLE_UNTRUSTED where a signature would be broken;
 * OUTPUT_UNWRITABLE
 */
export async function updateDigests(directory: string): Promise<string[]> {
  const parsed = record.safeParse(parseJson(await readInside(directory, MANIFEST, LARGEST_MANIFEST), MANIFEST));
  if (!parsed.success) throw new MaskwrightError('BUNDLE_INVALID', `${MANIFEST} is not an object`);
  const manifest = { ...parsed.data };
  const changed = new Set<string>();
  for (const part of PARTS) if (part in manifest) manifest[part] = await described(manifest[part], directory, changed);
  if (changed.size === 0) return [];
  if (await isSigned(directory))
    throw new MaskwrightError(
      'BUNDLE_UNTRUSTED',
      `the bundle is signed and ${[...changed].join(', ')} changed since: remove ${SIGNATURE}, pack, and sign again`,
    );
  await writeWhole(path.join(directory, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, FOR_ALL);
  return [...changed];
}

async function described(value: unknown, directory: string, changed: Set<string>): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map((one: unknown) => described(one, directory, changed)));
  const parsed = record.safeParse(value);
  if (!parsed.success) return value;
  const { file } = parsed.data;
  if (typeof file === 'string') {
    const content = await readInside(directory, file);
    const found = { sha256: sha256Of(content), bytes: content.length };
    if (found.sha256 !== parsed.data.sha256 || found.bytes !== parsed.data.bytes) changed.add(file);
    return { ...parsed.data, ...found };
  }
  const entries: [string, unknown][] = [];
  for (const [key, one] of Object.entries(parsed.data)) entries.push([key, await described(one, directory, changed)]);
  return Object.fromEntries(entries);
}
