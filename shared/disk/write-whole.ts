import { mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { unwritable } from './unwritable.ts';

/** What a crash leaves of a file that was being written ends in this. */
export const UNFINISHED = '.part';
/** Patients' images are for the owner's eyes. */
const FOR_OWNER = 0o600;
/** For whoever the process's umask lets read. */
export const FOR_ALL = 0o666;

/**
 * Writes the file whole or not at all, and returns when it would survive a loss of power: as `putInPlace`, and the folders above
 * are flushed as far as they were made for it. Folders that are absent are made.
 * @param mode of the file; who may read it may also look into the folders that are made
 * @throws MaskwrightError OUTPUT_UNWRITABLE
 */
export async function writeWhole(file: string, content: Uint8Array | string, mode = FOR_OWNER): Promise<void> {
  const folder = path.dirname(file);
  const made = await mkdir(folder, { recursive: true, mode: mode | ((mode & 0o444) >> 2) }).catch(unwritable(file));
  await putInPlace(file, (unfinished) => writeTo(unfinished, content, mode));
  for (const changed of foldersAbove(folder, made)) await flushFolder(changed).catch(unwritable(file));
}

/**
 * Puts a file that `write` makes beside its place into it, whole or not at all: flushed, renamed, the folder flushed.
 * @throws MaskwrightError OUTPUT_UNWRITABLE
 */
export async function putInPlace(file: string, write: (unfinished: string) => Promise<unknown>): Promise<void> {
  const unfinished = file + UNFINISHED;
  try {
    await write(unfinished);
    await flush(unfinished, 'r+');
    await rename(unfinished, file);
    await flushFolder(path.dirname(file));
  } catch (error) {
    // A full disk must not be kept full by half a file.
    await rm(unfinished, { force: true }).catch(() => undefined);
    unwritable(file)(error);
  }
}

async function writeTo(file: string, content: Uint8Array | string, mode: number): Promise<void> {
  await using handle = await open(file, 'w', mode);
  await handle.writeFile(content);
}

/** Each whose entries have changed since folders were made: up to the parent of the topmost of them. */
function foldersAbove(folder: string, made: string | undefined): string[] {
  const folders: string[] = [];
  if (made === undefined) return folders;
  const top = path.dirname(path.resolve(made));
  for (let above = path.resolve(folder); above !== top && above !== path.dirname(above); ) {
    above = path.dirname(above);
    folders.push(above);
  }
  return folders;
}

/** Windows cannot open a folder; there the file system's journal has to do. */
async function flushFolder(folder: string): Promise<void> {
  if (process.platform !== 'win32') await flush(folder, 'r');
}

async function flush(file: string, flags: 'r' | 'r+'): Promise<void> {
  await using handle = await open(file, flags);
  await handle.sync();
}
