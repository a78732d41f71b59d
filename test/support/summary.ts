import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

const entry = z.object({
  study: z.string(),
  series: z.string().nullable(),
  task: z.string().nullable(),
  outcome: z.string(),
  prompt: z.string().nullable(),
  promptType: z.string().nullable(),
  model: z.string().nullable(),
  reason: z.string(),
  sopInstanceUIDs: z.array(z.string()),
});
export type Entry = z.infer<typeof entry>;

/** `summary.json` of a demo. */
export async function summaryOf(folder: string): Promise<Entry[]> {
  return z.array(entry).parse(JSON.parse(await readFile(path.join(folder, 'summary.json'), 'utf8')));
}
