import { createHash } from 'node:crypto';
import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { MaskwrightError } from '@maskwright/errors';
import type { CheckedFile } from './manifest.ts';

/** ONNX is protobuf, which ends at 2 GiB; so does what Node reads in one piece. */
export const LARGEST_FILE = 2 ** 31 - 1;

/**
 * Bytes of a bundle's file, read once and compared with the manifest, so that what is loaded is what was checked.
 * @throws MaskwrightError BUNDLE_INVALID naming the file and what differs
 */
export async function readChecked(directory: string, { file, bytes, sha256 }: CheckedFile): Promise<Uint8Array> {
  const place = await placeInside(directory, file);
  const { size } = await stat(place);
  if (size !== bytes)
    throw new MaskwrightError('BUNDLE_INVALID', `${file} has ${size} bytes, the manifest says ${bytes}`);
  const content = await readAll(place, file, bytes);
  const found = sha256Of(content);
  if (found !== sha256)
    throw new MaskwrightError('BUNDLE_INVALID', `${file} has sha256 ${found}, the manifest says ${sha256}`);
  return content;
}

/** A file that must lie inside the folder, also after its links are followed, and be no larger than `most` bytes. */
export async function readInside(directory: string, file: string, most = LARGEST_FILE): Promise<Uint8Array> {
  return readAll(await placeInside(directory, file), file, most);
}

/** The size is looked at before memory is taken. */
async function readAll(place: string, file: string, most: number): Promise<Uint8Array> {
  const { size } = await stat(place);
  if (size > most)
    throw new MaskwrightError('BUNDLE_INVALID', `${file} is too large: ${size} bytes, at most ${most} are read`);
  return await readFile(place).catch((error: unknown) => {
    throw unreadable(file, error);
  });
}

/** Devices and pipes are refused: reading one may never end. */
async function placeInside(directory: string, file: string): Promise<string> {
  if (leadsOut(file)) throw new MaskwrightError('BUNDLE_INVALID', `${file} points out of the bundle`);
  let real: string;
  let isFile: boolean;
  let inside: boolean;
  try {
    real = await realpath(path.join(directory, file));
    inside = real.startsWith((await realpath(directory)) + path.sep);
    isFile = (await stat(real)).isFile();
  } catch (error) {
    throw unreadable(file, error);
  }
  if (!inside) throw new MaskwrightError('BUNDLE_INVALID', `${file} is a link out of the bundle`);
  if (!isFile) throw new MaskwrightError('BUNDLE_INVALID', `${file} is not a file`);
  return real;
}

/** Whether a name, by the rules of any system, leads out of the folder that it is taken from. */
export function leadsOut(file: string): boolean {
  return (
    file.includes('\0') ||
    path.isAbsolute(file) ||
    path.win32.isAbsolute(file) ||
    /^[a-z]:/i.test(file) ||
    file.split(/[\\/]/).includes('..')
  );
}

function unreadable(file: string, error: unknown): MaskwrightError {
  const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return new MaskwrightError('BUNDLE_INVALID', `${file} cannot be read (${why})`, { cause: error });
}

export function sha256Of(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
