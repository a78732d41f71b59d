/** Made-up messages for tests. */
import { parseUid } from '@maskwright/dicom';
import { jobKey } from './job-key.ts';
import type { Job, JobEvent, JobState, Lane, StudyNotice } from './queue.ts';

export function sampleJob(index: number, parts: { readonly study?: string; readonly lane?: Lane } = {}): Job {
  return {
    schema: 'maskwright.job/1',
    key: jobKey({ sources: [`1.2.840.${index}`], task: 'polyp', bundles: ['b'], resultVersion: '1' }),
    study: parseUid(parts.study ?? '1.2.3', 'study'),
    series: parseUid(`1.2.3.${index}`, 'series'),
    task: 'polyp',
    lane: parts.lane ?? 'routine',
  };
}

export function sampleEvent(index: number, state: JobState): JobEvent {
  const { key, study, series, task } = sampleJob(index);
  return { schema: 'maskwright.event/1', key, study, series, task, at: '2026-01-02T03:04:05.678Z', state };
}

export function sampleNotice(index: number): StudyNotice {
  return { schema: 'maskwright.study-notice/1', study: parseUid(`1.2.${index}`, 'study') };
}
