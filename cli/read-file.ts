import type { Stats } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { MaskwrightError, reasonOf } from '@maskwright/errors';

/** What Node can hold in one buffer, and more than any file that is read in one piece. */
const LARGEST_FILE = 2 ** 31;

/** @throws MaskwrightError INPUT_NOT_FOUND; INPUT_UNREADABLE for what is no regular file, is too large, or may not be read or listed */
export async function readInput(file: string): Promise<Uint8Array> {
  const found = await statOf(file);
  if (found.isDirectory()) await readdir(file).catch((cause: unknown) => unreadable(file, cause));
  // Reading a pipe or a device may never end.
  if (!found.isFile()) throw new MaskwrightError('INPUT_UNREADABLE', `${file} is not a regular file`);
  if (found.size >= LARGEST_FILE)
    throw new MaskwrightError('INPUT_UNREADABLE', `${file} is too large: ${found.size} bytes`);
  return contentOf(file);
}

/**
 * A text that the command line names, which may be a pipe: `--cases <(head cases.csv)`.
 * @throws MaskwrightError as `readInput`
 */
export async function readText(file: string): Promise<string> {
  const found = await statOf(file);
  const bytes = await (found.isFIFO() ? contentOf(file) : readInput(file));
  return Buffer.from(bytes).toString('utf8');
}

function statOf(file: string): Promise<Stats> {
  return stat(file).catch((cause: unknown) => {
    throw new MaskwrightError('INPUT_NOT_FOUND', file, { cause });
  });
}
function contentOf(file: string): Promise<Uint8Array> {
  return readFile(file).catch((cause: unknown) => unreadable(file, cause));
}
function unreadable(file: string, cause: unknown): never {
  throw new MaskwrightError('INPUT_UNREADABLE', `${file} (${reasonOf(cause)})`, { cause });
}

/** @throws MaskwrightError INPUT_NOT_FOUND, INPUT_UNREADABLE, USAGE where the file is not JSON */
export async function readJson(file: string): Promise<unknown> {
  return parseJson(await readText(file), file);
}

/** Some editors begin a file with a byte order mark, which JSON does not know. @throws MaskwrightError USAGE naming the file */
export function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new MaskwrightError('USAGE', `${file} is not JSON`, { cause });
  }
}
