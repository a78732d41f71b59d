import { type FileHandle, open, stat } from 'node:fs/promises';
import { MaskwrightError, messageOf } from '@maskwright/errors';
import { list, type ReadEntry } from 'tar';
import { LARGEST_FILE, leadsOut } from './checked-file.ts';

/** Bounds on what is written to disk for a look; an archive that is not compressed unpacks to no more than its own size. */
const LARGEST_ARCHIVE = 8 * 2 ** 30;
const MOST_ENTRIES = 256;
/** Of extended headers, which are read into memory. */
export const LARGEST_HEADER = 64 * 2 ** 10;

/**
 * Judges every entry of a bundle's archive before anything is written.
 * @returns the folder that all entries lie in
 * @throws MaskwrightError BUNDLE_INVALID naming the entry
 */
export async function judgeEntries(file: string): Promise<string> {
  await mustBePlainTar(file);
  let fault: string | undefined;
  const seen = new Set<string>();
  const files = new Set<string>();
  const folders = new Set<string>();
  await listed(file, (entry) => {
    fault ??= faultOf(entry, seen);
    const name = nameOf(entry).toLowerCase();
    seen.add(name);
    if (entry.type === 'File') files.add(name);
    folders.add(nameOf(entry).split('/')[0] ?? '');
  });
  const withinFile = [...seen].find((name) => foldersOf(name).some((above) => files.has(above)));
  if (withinFile !== undefined) fault ??= `${JSON.stringify(withinFile)} lies in what is a file`;
  const [folder] = folders;
  if (folders.size > 1) fault ??= `it holds ${folders.size} folders, one is expected`;
  if (folder === undefined) fault ??= 'it is empty';
  if (fault !== undefined || folder === undefined)
    throw new MaskwrightError('BUNDLE_INVALID', `the archive is refused: ${fault}`);
  return folder;
}

function faultOf(entry: ReadEntry, seen: ReadonlySet<string>): string | undefined {
  const name = nameOf(entry);
  const shown = JSON.stringify(name);
  if (seen.size >= MOST_ENTRIES) return `it has more than ${MOST_ENTRIES} entries`;
  if (entry.type !== 'File' && entry.type !== 'Directory') return `${shown} is a ${entry.type}, not a file`;
  if (leadsOut(name) || name.includes('\\')) return `${shown} points out of the bundle`;
  if (!/^[a-z0-9][a-z0-9._-]*(\/|$)/i.test(name)) return `${shown} does not lie in a folder of the bundle's name`;
  if (entry.type === 'File' && !name.includes('/')) return `${shown} does not lie in the bundle's folder`;
  if (seen.has(name.toLowerCase())) return `${shown} comes twice`;
  if (entry.size > LARGEST_FILE) return `${shown} is too large (${entry.size} bytes)`;
  return undefined;
}

/** Every folder that a name lies in. */
function foldersOf(name: string): string[] {
  const parts = name.split('/');
  return parts.slice(1).map((_, n) => parts.slice(0, n + 1).join('/'));
}

function nameOf({ path }: ReadEntry): string {
  return path.replace(/\/+$/, '');
}

async function listed(file: string, onReadEntry: (entry: ReadEntry) => void): Promise<void> {
  try {
    await list({ file, strict: true, maxMetaEntrySize: LARGEST_HEADER, onReadEntry });
  } catch (cause) {
    throw new MaskwrightError('BUNDLE_INVALID', `the archive is broken (${messageOf(cause)})`, { cause });
  }
}

/** POSIX tar (IEEE 1003.1, ustar interchange format) has its name at byte 257. Compressed ones are refused: they may be bombs. */
async function mustBePlainTar(file: string): Promise<void> {
  const handle = await opened(file);
  try {
    const { size } = await handle.stat();
    if (size > LARGEST_ARCHIVE)
      throw new MaskwrightError(
        'BUNDLE_INVALID',
        `the archive is too large: ${size} bytes, at most ${LARGEST_ARCHIVE}`,
      );
    const { buffer } = await handle.read(Buffer.alloc(5), 0, 5, 257);
    if (buffer.toString('latin1') !== 'ustar')
      throw new MaskwrightError(
        'BUNDLE_INVALID',
        'the archive is not a plain tar; where it is compressed, decompress it first',
      );
  } finally {
    await handle.close();
  }
}

async function opened(file: string): Promise<FileHandle> {
  try {
    // Opening a pipe may never end.
    if ((await stat(file)).isFile()) return await open(file);
  } catch (cause) {
    throw new MaskwrightError('INPUT_NOT_FOUND', `${file} cannot be read`, { cause });
  }
  throw new MaskwrightError('INPUT_UNREADABLE', `${file} is not a regular file`);
}
