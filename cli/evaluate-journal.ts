import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { unwritable } from '@maskwright/disk';
import type { z } from 'zod';

/** Finished cases of this run and of those that were stopped before, in a file of one JSON line each. */
export interface Journal<Entry extends { readonly key: string }> {
  find(key: string): Entry | undefined;
  /** @throws MaskwrightError OUTPUT_UNWRITABLE */
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
  const handle = await open(file, 'a').catch(unwritable(file));
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    const key = /^\{"key":"([0-9a-f]{64})".*\}$/.exec(line)?.[1];
    if (key !== undefined) lines.set(key, line);
  }
  // After a cut line the next one must begin on its own.
  await handle.appendFile('\n').catch(unwritable(file));
  return {
    find(key) {
      const line = lines.get(key);
      return line === undefined ? undefined : entryOf(line, schema);
    },
    async add(record) {
      await handle.appendFile(`${JSON.stringify(record)}\n`).catch(unwritable(file));
    },
    close: () => handle.close(),
  };
}

/** Undefined for a line that was cut where a brace closed, or is of another form: its case is not done. */
function entryOf<Entry>(line: string, schema: z.ZodType<Entry>): Entry | undefined {
  try {
    return schema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
