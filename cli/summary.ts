import type { Job, JobEvent, ResultSummary } from '@maskwright/queue';

/** One line of `summary.json`; study and series are UIDs. */
export interface SummaryEntry {
  readonly study: string;
  readonly series: string | null;
  readonly task: string | null;
  readonly outcome: 'stored' | 'needs-person' | 'failed' | 'no-task' | 'unfinished';
  readonly prompt: string | null;
  readonly promptType: string | null;
  readonly model: string | null;
  readonly reason: string;
  readonly assessment: ResultSummary['assessment'] | null;
  readonly sopInstanceUIDs: readonly string[];
  readonly segments?: ResultSummary['segments'];
  readonly attributes?: ResultSummary['attributes'];
  readonly warnings?: readonly string[];
}

export function summaryEntry(job: Job, end: JobEvent | undefined): SummaryEntry {
  const { study, series, task } = job;
  const state = end?.state;
  const base = {
    study,
    series,
    task,
    prompt: null,
    promptType: null,
    model: null,
    assessment: null,
    sopInstanceUIDs: [],
  };
  if (state?.kind === 'failed') return { ...base, outcome: 'failed', reason: `${state.code}: ${state.reason}` };
  if (state?.kind !== 'stored' && state?.kind !== 'needs-person') {
    return { ...base, outcome: 'unfinished', reason: 'The demo was stopped before this job ended.' };
  }
  const { result } = state;
  return {
    ...base,
    outcome: state.kind,
    prompt: result.segments.map(({ prompt }) => prompt).join(' | '),
    promptType: [...new Set(result.segments.map(({ promptType }) => promptType))].join(','),
    model: result.model,
    reason: result.reason,
    assessment: result.assessment,
    sopInstanceUIDs: state.kind === 'stored' ? state.sopInstanceUIDs : [],
    segments: result.segments,
    attributes: result.attributes,
    warnings: result.warnings,
  };
}
