import { access } from 'node:fs/promises';
import path from 'node:path';
import { MaskwrightError } from '@maskwright/errors';
import { readInside } from './checked-file.ts';
import { SIGNATURE, SIGNATURE_BYTES, signerOf, type TrustedKey } from './signature.ts';

/**
 * The trusted key that has signed a manifest.
 * @throws MaskwrightError BUNDLE_UNTRUSTED for a bundle without a signature, or with one that fits none of the keys
 */
export async function trustedSigner(
  directory: string,
  manifest: Uint8Array,
  keys: readonly TrustedKey[],
): Promise<TrustedKey> {
  if (!(await isSigned(directory))) throw new MaskwrightError('BUNDLE_UNTRUSTED', `it is not signed (no ${SIGNATURE})`);
  const signature = await readInside(directory, SIGNATURE, SIGNATURE_BYTES);
  const signer = signerOf(manifest, signature, keys);
  if (signer) return signer;
  const known = keys.map(({ fingerprint }) => fingerprint).join(', ') || 'none';
  throw new MaskwrightError(
    'BUNDLE_UNTRUSTED',
    `${SIGNATURE} is no signature of this manifest by a trusted key (${known}): another key, or the manifest was changed`,
  );
}

export async function isSigned(directory: string): Promise<boolean> {
  return await access(path.join(directory, SIGNATURE)).then(
    () => true,
    () => false,
  );
}
