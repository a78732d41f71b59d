import type { JobKey, Queue } from '@maskwright/queue';
import { fold, type WorklistEntry } from '../../../services/console/worklist.ts';

/** What the console says of each job that the log knows, as of now. */
export async function toldByConsole({ events }: Pick<Queue, 'events'>): Promise<WorklistEntry[]> {
  const entries = new Map<JobKey, WorklistEntry>();
  for await (const event of events.read(new AbortController().signal, { upToNow: true }))
    entries.set(event.key, fold(entries.get(event.key), event));
  return [...entries.values()];
}
