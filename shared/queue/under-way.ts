import type { JobState } from './queue.ts';

/** Whether a job in this state has not ended. */
export function isUnderWay(kind: JobState['kind']): boolean {
  return kind === 'queued' || kind === 'running';
}
