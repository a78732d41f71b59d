import { mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/** What a crash leaves of a file that was being written ends in this. */
export const UNFINISHED = '.part';
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/**
 * Writes the file whole or not at all, and returns when it would survive a loss of power: written beside its place, flushed,
 * renamed, the folder flushed, and the folders above it as far as they were made for it. Folders that are absent are made.
 */
export async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  const folder = path.dirname(file);
  const made = await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
  try {
    await writeFlushed(file + UNFINISHED, bytes);
  } catch (error) {
    // A full disk must not be kept full by half a file.
    await rm(file + UNFINISHED, { force: true }).catch(() => undefined);
    throw error;
  }
  await rename(file + UNFINISHED, file);
  for (const changed of foldersToFlush(folder, made)) await flushFolder(changed);
}

async function writeFlushed(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, 'w', FILE_MODE);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The file's own folder, and above it each whose entries have changed: up to the parent of the topmost that was made. */
function foldersToFlush(folder: string, made: string | undefined): string[] {
  const folders = [folder];
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
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
