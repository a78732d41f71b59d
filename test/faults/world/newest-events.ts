import type { JobEvent, JobKey, Queue } from '@maskwright/queue';

/** The newest event of each job that the log knows, as of now. */
export async function newestEvents({ events }: Pick<Queue, 'events'>): Promise<JobEvent[]> {
  const newest = new Map<JobKey, JobEvent>();
  for await (const event of events.read(new AbortController().signal, { upToNow: true })) newest.set(event.key, event);
  return [...newest.values()];
}
