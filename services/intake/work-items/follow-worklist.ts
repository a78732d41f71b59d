import type { AnyUID } from '@maskwright/dicom';
import type { WorkItems } from '@maskwright/dicomweb';
import { MaskwrightError } from '@maskwright/errors';
import { pause } from '@maskwright/time';
import { warnOf } from '../warn-of.ts';
import { type PerformDeps, type PerformOptions, performWorkItems } from './perform.ts';

export interface FollowOptions extends PerformOptions {
  readonly pollSeconds: number;
  /** Whether the worklist is subscribed to; else it is polled alone, and cancel requests do not reach us. Default true. */
  readonly subscribe?: boolean | undefined;
}
type Deps = Omit<PerformDeps, 'cancelRequested'>;

/** A channel that ended is opened again after so long. */
const AGAIN_MS = 5_000;
/** A worklist that takes no subscription is asked again after so long. */
const REFUSED_MS = 600_000;
/** A connection that has died without a word looks as one on which nothing happens: it is made anew. */
const LONGEST_MS = 600_000;

/**
 * Works on a worklist until `signal` aborts: every `pollSeconds`, and at once when the worklist tells of a new item or of a
 * request to cancel one. The subscription only makes it sooner, except for those requests: nothing else tells of them.
 */
export async function followWorklist(deps: Deps, options: FollowOptions, signal: AbortSignal): Promise<void> {
  const cancelRequested = new Set<AnyUID>();
  const bell = new Bell();
  await Promise.all([
    performAgainAndAgain({ ...deps, cancelRequested }, options, cancelRequested, bell, signal),
    ...(options.subscribe === false ? [] : [subscribe(deps, options, cancelRequested, bell, signal)]),
  ]);
}

async function performAgainAndAgain(
  deps: PerformDeps,
  options: FollowOptions,
  cancelRequested: Set<AnyUID>,
  bell: Bell,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const dealtWith = [...cancelRequested];
    try {
      const failed = await performWorkItems(deps, options, signal);
      // What is not in progress in our hands by now was another's, or has ended.
      for (const uid of dealtWith) if (!failed.has(uid)) cancelRequested.delete(uid);
    } catch (error) {
      if (!signal.aborted) warnOf(deps, error, 'the worklist could not be worked on');
    }
    await bell.wait(options.pollSeconds * 1000, signal);
  }
}

async function subscribe(
  { workItems, telemetry }: Deps & { readonly workItems: WorkItems },
  { performer }: FollowOptions,
  cancelRequested: Set<AnyUID>,
  bell: Bell,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const limit = AbortSignal.timeout(LONGEST_MS);
    let again = AGAIN_MS;
    try {
      for await (const event of workItems.events(performer, AbortSignal.any([signal, limit]))) {
        if (event.kind === 'cancel-requested') {
          cancelRequested.add(event.uid);
          telemetry.log.info({ workItem: event.uid }, 'a work item is to be cancelled');
          bell.ring();
        } else if (event.kind === 'state' && event.state === 'SCHEDULED') bell.ring();
      }
      again = 0;
    } catch (error) {
      if (signal.aborted) return;
      if (limit.aborted) continue;
      warnOf({ telemetry }, error, 'the worklist does not tell what happens on it, it is polled');
      if (error instanceof MaskwrightError && !error.retryable) again = REFUSED_MS;
    }
    await pause(again, signal);
  }
}

/** A pause that someone can end; who rings before it begins ends it at once. */
class Bell {
  #rung = new AbortController();

  ring(): void {
    this.#rung.abort();
  }

  async wait(ms: number, signal: AbortSignal): Promise<void> {
    await pause(ms, AbortSignal.any([signal, this.#rung.signal]));
    this.#rung = new AbortController();
  }
}
