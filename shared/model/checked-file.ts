import { createHash } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { MaskwrightError } from '@maskwright/errors';
import type { CheckedFile } from './manifest.ts';

/**
 * Bytes of a bundle's file, read once and compared with the manifest, so that what is loaded is what was checked.
 * @throws MaskwrightError BUNDLE_INVALID naming the file and what differs
 */
export async function readChecked(directory: string, { file, bytes, sha256 }: CheckedFile): Promise<Uint8Array> {
  const content = await readInside(directory, file);
  if (content.length !== bytes)
    throw new MaskwrightError('BUNDLE_INVALID', `${file} has ${content.length} bytes, the manifest says ${bytes}`);
  const found = sha256Of(content);
  if (found !== sha256)
    throw new MaskwrightError('BUNDLE_INVALID', `${file} has sha256 ${found}, the manifest says ${sha256}`);
  return content;
}

/** A file that must lie inside the folder, also after its links are followed. */
export async function readInside(directory: string, file: string): Promise<Uint8Array> {
  if (path.isAbsolute(file) || path.win32.isAbsolute(file) || file.split(/[\\/]/).includes('..'))
    throw new MaskwrightError('BUNDLE_INVALID', `${file} points out of the bundle`);
  let real: string;
  try {
    real = await realpath(path.join(directory, file));
    if (!real.startsWith((await realpath(directory)) + path.sep))
      throw new MaskwrightError('BUNDLE_INVALID', `${file} is a link out of the bundle`);
    return await readFile(real);
  } catch (error) {
    if (error instanceof MaskwrightError) throw error;
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new MaskwrightError('BUNDLE_INVALID', `${file} cannot be read (${why})`, { cause: error });
  }
}

export function sha256Of(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
