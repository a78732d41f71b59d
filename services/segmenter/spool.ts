import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { MaskwrightError } from '@maskwright/errors';
import { type JobEvent, type JobKey, parseJobEvent } from '@maskwright/queue';

/** A result that waits to be delivered. */
export interface SpooledResult {
  readonly part10: Uint8Array;
  /** What will be true of the job once the archive has the object. */
  readonly event: JobEvent;
}

/**
 * Results on disk between inference and the archive's confirmation, so that an outage of the archive or a crash never costs
 * a second inference. A result is there whole or not at all: its event is renamed into place last.
 */
export class Spool {
  readonly #folder: string;
  constructor(folder: string) {
    this.#folder = folder;
  }

  async get(key: JobKey): Promise<SpooledResult | undefined> {
    try {
      const event = parseJobEvent(await readFile(this.#file(key, 'json')));
      return { event, part10: await readFile(this.#file(key, 'dcm')) };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** @throws MaskwrightError OUTPUT_UNWRITABLE */
  async put(key: JobKey, { part10, event }: SpooledResult): Promise<void> {
    try {
      await mkdir(this.#folder, { recursive: true });
      await writeWhole(this.#file(key, 'dcm'), part10);
      await writeWhole(this.#file(key, 'json'), Buffer.from(JSON.stringify(event)));
    } catch (cause) {
      throw new MaskwrightError('OUTPUT_UNWRITABLE', `the spool folder ${this.#folder}`, { cause });
    }
  }

  async delete(key: JobKey): Promise<void> {
    await rm(this.#file(key, 'json'), { force: true });
    await rm(this.#file(key, 'dcm'), { force: true });
  }

  #file(key: JobKey, extension: string): string {
    return path.join(this.#folder, `${key}.${extension}`);
  }
}

async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(`${file}.part`, 'w');
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.part`, file);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
