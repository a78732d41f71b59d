import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { filesOf, installBundle, loadBundle, MANIFEST, packBundle, SIGNATURE, updateDigests } from '@maskwright/model';
import { trustedKeys } from './bundle-place.ts';
import { printable } from './finding.ts';
import type { ExitCode, Terminal } from './terminal.ts';

/**
 * Brings the manifest's digests up to date, checks the bundle and packs it; what is not packed is named on stderr.
 * @throws MaskwrightError BUNDLE_INVALID, BUNDLE_UNTRUSTED where a signature would be broken, OUTPUT_UNWRITABLE
 */
export async function pack(folder: string, options: { readonly out: string }, io: Terminal): Promise<ExitCode> {
  for (const file of await updateDigests(folder)) io.stderr(printable(`${MANIFEST}: new digest of ${file}`));
  const bundle = await loadBundle(folder);
  await packBundle(bundle, options.out);
  const packed = new Set([MANIFEST, SIGNATURE, ...filesOf(bundle.manifest).map(({ file }) => path.normalize(file))]);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const name = path.relative(folder, path.join(entry.parentPath, entry.name));
    if (!entry.isDirectory() && !packed.has(name))
      io.stderr(printable(`left out: ${name}, which the manifest does not name (see documents)`));
  }
  io.stdout(printable(`packed ${bundle.id} ${bundle.version}: ${options.out}`));
  return 0;
}

/** @throws MaskwrightError INPUT_NOT_FOUND, BUNDLE_INVALID, BUNDLE_UNTRUSTED, OUTPUT_UNWRITABLE */
export async function unpack(
  archive: string,
  options: { readonly into: string; readonly key?: readonly string[] },
  io: Terminal,
): Promise<ExitCode> {
  const place = await installBundle(archive, options.into, { trustedKeys: await trustedKeys(options.key) });
  io.stdout(printable(`unpacked: ${place}`));
  return 0;
}
