import { stat } from 'node:fs/promises';
import { MaskwrightError } from '@maskwright/errors';
import {
  type Bundle,
  type BundleOptions,
  loadBundle,
  readPublicKey,
  type TrustedKey,
  unpackBundle,
} from '@maskwright/model';

/**
 * Hands a bundle to `use`, from its folder or from an archive, which is unpacked for that time only.
 * @throws MaskwrightError INPUT_NOT_FOUND, BUNDLE_INVALID, BUNDLE_UNTRUSTED
 */
export async function withBundle<T>(
  place: string,
  options: BundleOptions,
  use: (bundle: Bundle) => Promise<T>,
): Promise<T> {
  if (await isFolder(place)) return use(await loadBundle(place, options));
  await using unpacked = await unpackBundle(place, options);
  return await use(unpacked.bundle);
}

/** @throws MaskwrightError INPUT_NOT_FOUND */
export async function isFolder(place: string): Promise<boolean> {
  try {
    return (await stat(place)).isDirectory();
  } catch (cause) {
    throw new MaskwrightError('INPUT_NOT_FOUND', `${place} cannot be read`, { cause });
  }
}

export async function trustedKeys(files: readonly string[] | undefined): Promise<readonly TrustedKey[] | undefined> {
  return files && (await Promise.all(files.map(readPublicKey)));
}
