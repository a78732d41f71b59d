import type { StudyInstanceUID } from '@maskwright/dicom';
import type { JobEvent, Queue } from '@maskwright/queue';
import type { StudyMemory } from './memory/index.ts';

export interface FollowDeps {
  readonly queue: Pick<Queue, 'events'>;
  readonly memory: StudyMemory;
  readonly now: () => Date;
  /** Called with each event after it was noted. */
  readonly onEvent?: (event: JobEvent) => void;
}

/** Takes over what the log holds now, a little at a time: it may hold all results of years. */
export async function loadEvents({ queue, memory }: FollowDeps, signal: AbortSignal): Promise<void> {
  await memory.jobs.load(queue.events.read(signal, { upToNow: true }), signal);
}

/**
 * Notes what becomes of jobs, until `signal` aborts. Where late images have made another job and that one has ended, the
 * result of the earlier is named superseded.
 */
export async function followEvents(deps: FollowDeps, signal: AbortSignal): Promise<void> {
  for await (const event of deps.queue.events.read(signal)) {
    const before = deps.memory.jobs.get(event.key);
    deps.memory.jobs.note(event);
    const now = deps.memory.jobs.get(event.key);
    const isNews = now?.kind !== before?.kind || now?.at !== before?.at;
    // It may be deleted before a sweep sees that it came: then the archive's list says what it said before.
    if (isNews && event.state.kind === 'stored') deps.memory.studies.doubt(event.study);
    if (isEnd(event)) await nameSuperseded(deps, event.study);
    deps.onEvent?.(event);
  }
}

export function isEnd({ state }: JobEvent): boolean {
  return state.kind === 'stored' || state.kind === 'needs-person' || state.kind === 'failed';
}

async function nameSuperseded({ queue, memory, now }: FollowDeps, study: StudyInstanceUID): Promise<void> {
  for (const { by, ...job } of memory.results.outdated(study)) {
    const event: JobEvent = {
      schema: 'maskwright.event/1',
      ...job,
      study,
      at: now().toISOString(),
      state: { kind: 'superseded', by },
    };
    await queue.events.append(event);
    memory.jobs.note(event);
  }
}
