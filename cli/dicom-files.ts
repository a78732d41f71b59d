import { readdir, realpath } from 'node:fs/promises';
import path from 'node:path';

/**
 * Files under the given files and folders, in a stable order, those of a folder that links lead to once. What is not there,
 * leads nowhere or may not be listed is among them: whoever reads it names it, and the others go on.
 */
export async function* filesUnder(paths: readonly string[], entered = new Set<string>()): AsyncGenerator<string> {
  for (const one of paths) {
    const folder = await folderAt(one);
    if (!folder) {
      yield one;
    } else if (!entered.has(folder.place)) {
      entered.add(folder.place);
      yield* filesUnder(folder.files, entered);
    }
  }
}

/** Undefined for what is no folder, or none that may be listed. */
async function folderAt(one: string): Promise<{ place: string; files: string[] } | undefined> {
  try {
    const names = (await readdir(one)).filter((name) => !name.startsWith('.')).sort();
    return { place: await realpath(one), files: names.map((name) => path.join(one, name)) };
  } catch {
    return undefined;
  }
}

/**
 * Whether the bytes have the mark of a Part 10 file (PS3.10 section 7.1), or begin as a file that lost its preamble does: with
 * an element of group 2 or 8, as no picture does.
 */
export function looksLikeDicom(bytes: Uint8Array): boolean {
  const mark = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 132)).toString('latin1', 128);
  const [group, high, , element] = bytes;
  return mark === 'DICM' || ((group === 2 || group === 8) && high === 0 && element === 0);
}
