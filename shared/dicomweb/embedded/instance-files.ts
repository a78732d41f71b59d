import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { SeriesInstanceUID, SOPInstanceUID, StudyInstanceUID } from '@maskwright/dicom';
import { UNFINISHED, writeWhole } from '@maskwright/disk';

/** Where an instance lies: `<study>/<series>/<instance>.dcm`. UIDs are digits and dots, so none leads out of the folder. */
export interface InstancePlace {
  readonly study: StudyInstanceUID;
  readonly series: SeriesInstanceUID;
  readonly instance: SOPInstanceUID;
}

const FILE = '.dcm';

export function readInstance(root: string, place: InstancePlace): Promise<Buffer> {
  return readFile(path.join(root, pathOf(place)));
}

export function pathOf({ study, series, instance }: InstancePlace): string {
  return path.join(study, series, instance + FILE);
}

export function writeInstance(root: string, place: InstancePlace, bytes: Uint8Array): Promise<void> {
  return writeWhole(path.join(root, pathOf(place)), bytes);
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
