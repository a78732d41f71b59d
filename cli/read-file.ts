import { readFile } from 'node:fs/promises';
import { MaskwrightError } from '@maskwright/errors';

/** @throws MaskwrightError INPUT_NOT_FOUND */
export async function readInput(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new MaskwrightError('INPUT_NOT_FOUND', file, { cause });
  }
}

/** @throws MaskwrightError INPUT_NOT_FOUND, USAGE where the file is not JSON */
export async function readJson(file: string): Promise<unknown> {
  const bytes = await readInput(file);
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (cause) {
    throw new MaskwrightError('USAGE', `${file} is not JSON`, { cause });
  }
}
