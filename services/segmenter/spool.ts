import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { writeWhole } from '@maskwright/disk';
import { MaskwrightError } from '@maskwright/errors';
import { type JobEvent, type JobKey, jobEventSchema } from '@maskwright/queue';
import { z } from 'zod';
import { SourceSpool } from './source-spool.ts';

/** A result that waits to be delivered. */
export interface SpooledResult {
  /** Part 10 files: the SEG and whatever goes with it. */
  readonly objects: readonly Uint8Array[];
  /** What will be true of the job once the archive has the objects. */
  readonly event: JobEvent;
}

/** The note beside the objects: that they are whole, and what they are. */
const noteSchema = z.object({
  schema: z.literal('maskwright.spooled/1'),
  sha256: z.array(z.string()),
  event: jobEventSchema,
});

/**
 * Results on disk between inference and the archive's confirmation, so that an outage of the archive or a crash never costs
 * a second inference. A result is there whole or not at all: its note is renamed into place last and holds the objects'
 * digests. What does not fit its note, or cannot be read, is no result: it is made again.
 */
export class Spool {
  /** Images of the series in hand. */
  readonly sources: SourceSpool;
  readonly #folder: string;
  constructor(folder: string) {
    this.#folder = folder;
    this.sources = new SourceSpool(folder);
  }

  async get(key: JobKey): Promise<(SpooledResult & { readonly since: Date }) | undefined> {
    try {
      const { sha256, event } = noteSchema.parse(JSON.parse(await readFile(this.#note(key), 'utf8')));
      const objects = await Promise.all(sha256.map((_, index) => readFile(this.#object(key, index))));
      const whole = objects.every((object, index) => digestOf(object) === sha256[index]) && event.key === key;
      return whole ? { event, objects, since: (await stat(this.#note(key))).mtime } : undefined;
    } catch {
      return undefined;
    }
  }

  /** @throws MaskwrightError OUTPUT_UNWRITABLE */
  async put(key: JobKey, { objects, event }: SpooledResult): Promise<void> {
    const note: z.infer<typeof noteSchema> = { schema: 'maskwright.spooled/1', sha256: objects.map(digestOf), event };
    try {
      for (const [index, object] of objects.entries()) await writeWhole(this.#object(key, index), object);
      await writeWhole(this.#note(key), Buffer.from(JSON.stringify(note)));
    } catch (cause) {
      // Half a result would keep a full disk full.
      await this.delete(key).catch(() => undefined);
      throw new MaskwrightError('OUTPUT_UNWRITABLE', `the spool folder ${this.#folder}`, { cause });
    }
  }

  /** Whatever the folder holds of the job: a note that cannot be read does not say how many objects there are. */
  async delete(key: JobKey): Promise<void> {
    await rm(this.#note(key), { force: true });
    const left = await readdir(this.#folder).catch(() => []);
    for (const name of left.filter((one) => one.startsWith(`${key}.`)))
      await rm(path.join(this.#folder, name), { force: true });
  }

  #note(key: JobKey): string {
    return path.join(this.#folder, `${key}.json`);
  }

  #object(key: JobKey, index: number): string {
    return path.join(this.#folder, `${key}.${index}.dcm`);
  }
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
