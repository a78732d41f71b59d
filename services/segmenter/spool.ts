import { createHash } from 'node:crypto';
import { readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { writeWhole } from '@maskwright/disk';
import { MaskwrightError } from '@maskwright/errors';
import { type JobEvent, type JobKey, jobEventSchema, jobSchema } from '@maskwright/queue';
import { z } from 'zod';
import { DiskRoom } from './disk-room.ts';
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
const keySchema = jobSchema.unwrap().shape.key;

/**
 * Results on disk between inference and the archive's confirmation, so that an outage of the archive or a crash never costs
 * a second inference. A result is there whole or not at all: its note is renamed into place last and holds the objects'
 * digests. What does not fit its note, or cannot be read, is no result: it is made again.
 */
export class Spool {
  /** Images of the series in hand. */
  readonly sources: SourceSpool;
  readonly room: DiskRoom;
  readonly #folder: string;
  constructor(folder: string, room = new DiskRoom(folder)) {
    this.#folder = folder;
    this.room = room;
    this.sources = new SourceSpool(folder);
  }

  /** `since` is when it was put, or first asked for after it was set aside. */
  async get(key: JobKey): Promise<(SpooledResult & { readonly since: Date }) | undefined> {
    await this.#takeUp(key);
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
    const left = await this.#names();
    for (const name of left.filter((one) => one.startsWith(`${key}.`)))
      await rm(path.join(this.#folder, name), { force: true });
  }

  /**
   * The job was set aside: its result stays for a replay, and the wait for the archive begins anew with that. What has no note
   * is no result, and goes.
   */
  async setAside(key: JobKey): Promise<void> {
    const left = await this.#names();
    if (left.includes(path.basename(this.#note(key)))) await rename(this.#note(key), this.#asideNote(key));
    else if (!left.includes(path.basename(this.#asideNote(key)))) await this.delete(key);
  }

  /** Jobs of which the folder holds anything. */
  async keys(): Promise<JobKey[]> {
    const left = await this.#names();
    return [...new Set(left.flatMap((name) => keySchema.safeParse(name.split('.')[0]).data ?? []))];
  }

  async #names(): Promise<string[]> {
    return readdir(this.#folder).catch(() => []);
  }

  async #takeUp(key: JobKey): Promise<void> {
    const now = new Date();
    try {
      await utimes(this.#asideNote(key), now, now);
      await rename(this.#asideNote(key), this.#note(key));
    } catch {
      // It was not set aside, or cannot be read: then it is made again.
    }
  }

  #asideNote(key: JobKey): string {
    return path.join(this.#folder, `${key}.aside.json`);
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
