import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { putInPlace } from '@maskwright/disk';
import { MaskwrightError, reasonOf } from '@maskwright/errors';
import { create, extract } from 'tar';
import { judgeEntries, LARGEST_HEADER } from './archive-entries.ts';
import { type Bundle, type BundleOptions, loadBundle, MANIFEST } from './bundle.ts';
import { filesOf } from './manifest.ts';
import { SIGNATURE } from './signature.ts';
import { isSigned } from './trust.ts';

const FILE_MODE = 0o100644;

/**
 * Writes a bundle's manifest, signature and every file that the manifest names into an uncompressed tar, in a folder of the
 * bundle's id. The same bundle always gives the same bytes: names are ordered, owners, times and rights are left out.
 * @throws MaskwrightError OUTPUT_UNWRITABLE
 */
export async function packBundle({ id, directory, manifest }: Bundle, out: string): Promise<void> {
  const files = new Set(filesOf(manifest).map(({ file }) => path.posix.normalize(file)));
  const names = [MANIFEST, ...((await isSigned(directory)) ? [SIGNATURE] : []), ...[...files].toSorted()];
  await putInPlace(out, (file) =>
    create(
      {
        file,
        cwd: directory,
        prefix: id,
        portable: true,
        follow: true,
        noDirRecurse: true,
        strict: true,
        mtime: new Date(0),
        filter: (_, entry) => {
          entry.mode = FILE_MODE;
          return true;
        },
      },
      names,
    ),
  );
}

/** A bundle that was unpacked into a folder of its own; gone after `await using`. */
export interface UnpackedBundle extends AsyncDisposable {
  readonly bundle: Bundle;
}

/**
 * Unpacks an archive after every entry was judged, and loads the bundle that it holds. Nothing is written outside a new folder
 * in `parent`, which is made where it is absent.
 * @throws MaskwrightError INPUT_NOT_FOUND, BUNDLE_INVALID, BUNDLE_UNTRUSTED, OUTPUT_UNWRITABLE
 */
export async function unpackBundle(
  file: string,
  options: BundleOptions = {},
  parent = os.tmpdir(),
): Promise<UnpackedBundle> {
  const top = await judgeEntries(file);
  const folder = await newFolderIn(parent);
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    await extractInto(folder, file);
    const bundle = await loadBundle(path.join(folder, top), options);
    if (bundle.id !== top)
      throw new MaskwrightError('BUNDLE_INVALID', `the archive's folder is ${top}, the bundle's id ${bundle.id}`);
    await mustHoldNothingElse(bundle);
    return { bundle, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/**
 * Puts an archive's bundle into a folder of models, whole or not at all.
 * @throws MaskwrightError as `unpackBundle`; OUTPUT_UNWRITABLE also where a bundle of that id is there
 */
export async function installBundle(file: string, models: string, options: BundleOptions = {}): Promise<string> {
  await using unpacked = await unpackBundle(file, options, models);
  const place = path.join(models, unpacked.bundle.id);
  try {
    await rename(unpacked.bundle.directory, place);
  } catch (cause) {
    throw new MaskwrightError('OUTPUT_UNWRITABLE', `${place} is there already, or cannot be made`, { cause });
  }
  return place;
}

async function newFolderIn(parent: string): Promise<string> {
  try {
    await mkdir(parent, { recursive: true });
    return await mkdtemp(path.join(parent, '.maskwright-bundle-'));
  } catch (cause) {
    throw new MaskwrightError('OUTPUT_UNWRITABLE', `nothing can be unpacked in ${parent}`, { cause });
  }
}

/** Of a judged archive; what goes wrong now is the disk's doing. */
async function extractInto(folder: string, file: string): Promise<void> {
  try {
    await extract({
      file,
      cwd: folder,
      strict: true,
      preserveOwner: false,
      maxMetaEntrySize: LARGEST_HEADER,
      filter: (_, entry) => 'type' in entry && entry.type === 'File',
    });
  } catch (cause) {
    throw new MaskwrightError('OUTPUT_UNWRITABLE', `the archive cannot be unpacked (${reasonOf(cause)})`, { cause });
  }
}

async function mustHoldNothingElse({ directory, manifest }: Bundle): Promise<void> {
  const named = new Set([MANIFEST, SIGNATURE, ...filesOf(manifest).map(({ file }) => path.normalize(file))]);
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const name = path.relative(directory, path.join(entry.parentPath, entry.name));
    if (entry.isFile() && !named.has(name))
      throw new MaskwrightError('BUNDLE_INVALID', `the archive holds ${name}, which the manifest does not name`);
  }
}
