import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { SeriesInstanceUID, SOPInstanceUID, StudyInstanceUID } from '@maskwright/dicom';

/** Where an instance lies: `<study>/<series>/<instance>.dcm`. UIDs are digits and dots, so none leads out of the folder. */
export interface InstancePlace {
  readonly study: StudyInstanceUID;
  readonly series: SeriesInstanceUID;
  readonly instance: SOPInstanceUID;
}

const FILE = '.dcm';
const UNFINISHED = '.part';
/** Images of patients: for the owner's eyes. */
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

export function readInstance(root: string, place: InstancePlace): Promise<Buffer> {
  return readFile(path.join(root, pathOf(place)));
}

export function pathOf({ study, series, instance }: InstancePlace): string {
  return path.join(study, series, instance + FILE);
}

/**
 * Writes the file whole or not at all, and returns when it would survive a loss of power: written beside its place, flushed,
 * renamed, the folder flushed.
 */
export async function writeInstance(root: string, place: InstancePlace, bytes: Uint8Array): Promise<void> {
  const file = path.join(root, pathOf(place));
  const folder = path.dirname(file);
  const made = await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
  const handle = await open(file + UNFINISHED, 'w', FILE_MODE);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(file + UNFINISHED, file);
  await flushFolder(folder);
  if (made !== undefined) for (const above of [path.dirname(folder), root]) await flushFolder(above);
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

/** Paths below `root` of all files that end in `.dcm`; what a crash left unfinished is removed on the way. */
export async function listInstanceFiles(root: string): Promise<string[]> {
  const files: string[] = [];
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    if (entry.name.endsWith(FILE + UNFINISHED)) await rm(file, { force: true });
    else if (entry.name.endsWith(FILE)) files.push(path.relative(root, file));
  }
  return files;
}
