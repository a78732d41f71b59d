import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { MaskwrightError } from '@maskwright/errors';

/** Files under the given files and folders, in a stable order. @throws MaskwrightError INPUT_NOT_FOUND */
export async function* filesUnder(paths: readonly string[]): AsyncGenerator<string> {
  for (const one of paths) {
    const found = await stat(one).catch((cause: unknown) => {
      throw new MaskwrightError('INPUT_NOT_FOUND', one, { cause });
    });
    if (!found.isDirectory()) {
      yield one;
      continue;
    }
    const names = (await readdir(one)).filter((name) => !name.startsWith('.')).sort();
    yield* filesUnder(names.map((name) => path.join(one, name)));
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
