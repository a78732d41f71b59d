import { access, readdir } from 'node:fs/promises';
import path from 'node:path';
import { type ErrorCode, MaskwrightError } from '@maskwright/errors';
import { type Bundle, type BundleOptions, loadBundle, MANIFEST } from './bundle.ts';

/** The bundles of one folder. One that is broken is refused, and the others can be used. */
export interface BundleShelf {
  readonly all: readonly Bundle[];
  /** `id` is the folder's name: the manifest of a refused bundle is not believed. */
  readonly refused: readonly { readonly id: string; readonly code: ErrorCode; readonly reason: string }[];
  /** @throws MaskwrightError MODEL_UNKNOWN naming the known ids; the code and reason of a refused one */
  get(id: string): Bundle;
}

/**
 * Loads every folder with a manifest that lies in `directory`.
 * @throws MaskwrightError INPUT_NOT_FOUND without the folder, BUNDLE_INVALID where no bundle is in it
 */
export async function loadBundles(directory: string, options: BundleOptions = {}): Promise<BundleShelf> {
  const all = new Map<string, Bundle>();
  const refused = new Map<string, MaskwrightError>();
  for (const name of await bundleFolders(directory)) {
    try {
      const bundle = await loadBundle(path.join(directory, name), options);
      const before = all.get(bundle.id);
      if (before)
        throw new MaskwrightError(
          'BUNDLE_INVALID',
          `bundle ${name}: its id ${bundle.id} is that of folder ${path.basename(before.directory)}`,
        );
      all.set(bundle.id, bundle);
    } catch (error) {
      if (!(error instanceof MaskwrightError)) throw error;
      refused.set(name, error);
    }
  }
  return {
    all: [...all.values()],
    refused: [...refused].map(([id, { code, message }]) => ({ id, code, reason: message })),
    get(id) {
      const bundle = all.get(id);
      if (bundle) return bundle;
      const error = refused.get(id);
      if (error) throw new MaskwrightError(error.code, error.message, { cause: error });
      const known = [...all.keys()].join(', ') || 'none';
      throw new MaskwrightError('MODEL_UNKNOWN', `there is no model ${id} in ${directory}; known: ${known}`);
    },
  };
}

/**
 * Names of the folders with a manifest in `directory`, in order.
 * @throws MaskwrightError INPUT_NOT_FOUND, BUNDLE_INVALID where there is none
 */
async function bundleFolders(directory: string): Promise<string[]> {
  let names: string[];
  try {
    names = await readdir(directory);
  } catch (error) {
    throw new MaskwrightError('INPUT_NOT_FOUND', `the folder of models ${directory} cannot be read`, { cause: error });
  }
  const found: string[] = [];
  for (const name of names.toSorted()) {
    if (name.startsWith('.')) continue;
    const isBundle = await access(path.join(directory, name, MANIFEST)).then(
      () => true,
      () => false,
    );
    if (isBundle) found.push(name);
  }
  if (found.length === 0)
    throw new MaskwrightError('BUNDLE_INVALID', `no model bundle (folder with ${MANIFEST}) in ${directory}`);
  return found;
}
