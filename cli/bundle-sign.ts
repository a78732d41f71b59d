import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { FOR_ALL, writeWhole } from '@maskwright/disk';
import { describeError, MaskwrightError } from '@maskwright/errors';
import { loadBundle, MANIFEST, readPrivateKey, SIGNATURE, signatureOf } from '@maskwright/model';
import { trustedKeys, withBundle } from './bundle-place.ts';
import { printable } from './finding.ts';
import type { ExitCode, Terminal } from './terminal.ts';

/**
 * Signs a bundle that is whole; an older signature is replaced.
 * @throws MaskwrightError INPUT_NOT_FOUND, KEY_INVALID, BUNDLE_INVALID, OUTPUT_UNWRITABLE
 */
export async function signBundle(
  folder: string,
  options: { readonly key: string },
  environment: Readonly<Record<string, string | undefined>>,
  io: Terminal,
): Promise<ExitCode> {
  const key = await readPrivateKey(options.key, environment.MASKWRIGHT_KEY_PASSPHRASE);
  const { id, version } = await loadBundle(folder);
  const signature = signatureOf(await readFile(path.join(folder, MANIFEST)), key);
  const file = path.join(folder, SIGNATURE);
  await writeWhole(file, signature, FOR_ALL);
  io.stdout(printable(`signed ${id} ${version}: ${file}`));
  return 0;
}

/** Exit code 1 with the reason where none of the keys has signed it, or a file is not what was signed. */
export async function verifyBundle(
  place: string,
  options: { readonly key: readonly string[] },
  io: Terminal,
): Promise<ExitCode> {
  const keys = await trustedKeys(options.key);
  try {
    return await withBundle<ExitCode>(place, { trustedKeys: keys }, async ({ id, version, signedBy }) => {
      io.stdout(printable(`OK       ${place}: ${id} ${version}, signed by ${signedBy}`));
      return 0;
    });
  } catch (error) {
    if (!(error instanceof MaskwrightError)) throw error;
    const refused = printable(`refused  ${place}: ${describeError(error)}`);
    io.stdout(refused);
    io.stderr(refused);
    return 1;
  }
}
