import type { Config } from '@maskwright/config';
import { type BundleShelf, loadBundles, readPublicKey } from '@maskwright/model';
import { places } from './places.ts';

/**
 * The bundles of the configured folder, under the configured keys.
 * @throws MaskwrightError INPUT_NOT_FOUND, KEY_INVALID, BUNDLE_INVALID where no bundle is there
 */
export async function loadConfiguredBundles({ models }: Pick<Config, 'models'>): Promise<BundleShelf> {
  const trustedKeys = models.trustedKeys && (await Promise.all(models.trustedKeys.map(readPublicKey)));
  return loadBundles(models.folder ?? places.models, { trustedKeys });
}
