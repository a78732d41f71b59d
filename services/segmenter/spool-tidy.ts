import type { JobState, Queue } from '@maskwright/queue';
import type { Spool } from './spool.ts';

/** The archive has the result, or there will be none. */
const ENDED: readonly JobState['kind'][] = ['stored', 'superseded', 'needs-person'];

/**
 * Removes what lies in the spool of jobs that have ended: another segmenter has delivered them, or this one died between the
 * log and its spool. Results of jobs that were set aside stay for their replay, also where another segmenter has set them
 * aside, but where the study was deleted; what a crash left of a job that is still to be done goes when that is done.
 */
export async function tidySpool(spool: Spool, queue: Pick<Queue, 'events'>, signal: AbortSignal): Promise<void> {
  const keys = await spool.keys();
  // In Kafka a look at the log reads all of it.
  if (keys.length === 0) return;
  for (const [key, { state }] of await queue.events.newest(keys, signal)) {
    const isGone = state.kind === 'failed' && state.code === 'SOURCE_GONE';
    if (isGone || ENDED.includes(state.kind)) await spool.delete(key);
    else if (state.kind === 'failed') await spool.setAside(key);
  }
}
