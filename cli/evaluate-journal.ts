import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { MaskwrightError } from '@maskwright/errors';
import type { z } from 'zod';

/** Finished cases of this run and of those that were stopped before, in a file of one JSON line each. */
export interface Journal<Entry extends { readonly key: string }> {
  find(key: string): Entry | undefined;
  add(record: Entry): Promise<void>;
  close(): Promise<void>;
}

/** Key of a case: the same content and models give the same key, wherever the files lie. */
export function keyOf(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex');
}

/** A line that was cut by a kill is left out, so that its case is done again. @throws MaskwrightError OUTPUT_UNWRITABLE */
export async function openJournal<Entry extends { readonly key: string }>(
  file: string,
  schema: z.ZodType<Entry>,
): Promise<Journal<Entry>> {
  const lines = new Map<string, string>();
  const handle = await writable(file);
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    const key = /^\{"key":"([0-9a-f]{64})".*\}$/.exec(line)?.[1];
    if (key !== undefined) lines.set(key, line);
  }
  // After a cut line the next one must begin on its own.
  await handle.appendFile('\n');
  return {
    find(key) {
      const line = lines.get(key);
      if (line === undefined) return undefined;
      const parsed = schema.safeParse(JSON.parse(line));
      return parsed.success ? parsed.data : undefined;
    },
    async add(record) {
      await handle.appendFile(`${JSON.stringify(record)}\n`);
    },
    close: () => handle.close(),
  };
}

async function writable(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'a');
  } catch (cause) {
    throw new MaskwrightError('OUTPUT_UNWRITABLE', file, { cause });
  }
}
