import type { SOPInstanceUID } from '@maskwright/dicom';
import type { JobState } from './queue.ts';

/** Objects that the archive should have of a job: what it stored, but for what someone has deleted since. */
export function outputsOf(state: JobState): readonly SOPInstanceUID[] {
  if (state.kind !== 'stored') return [];
  return state.sopInstanceUIDs.filter((uid) => !state.deleted?.sopInstanceUIDs.includes(uid));
}
