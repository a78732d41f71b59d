import { parseUid } from '@maskwright/dicom';
import { type Job, jobKey, type ResultSummary } from '@maskwright/queue';

/** A job for tests, and the summary of a result that tells nothing. */
export const job: Job = {
  schema: 'maskwright.job/1',
  key: jobKey({ sources: ['1.2'], task: 'polyp', bundles: [], resultVersion: '1' }),
  study: parseUid('2.25.7', 'StudyInstanceUID'),
  series: parseUid('2.25.7.1', 'SeriesInstanceUID'),
  task: 'polyp',
  lane: 'routine',
};
export const summary: ResultSummary = {
  segments: [],
  model: null,
  reason: '',
  attributes: [],
  warnings: [],
  assessment: { family: 'f', percentile: null, distance: null, gate: [] },
};
