import { describeError } from '@maskwright/errors';
import type { JobEvent } from '@maskwright/queue';
import { pause } from '@maskwright/time';
import type { ConsoleDeps } from './deps.ts';

const AGAIN_MS = 2000;

/** Reads the event log into `folds` until `signal` aborts. After a fault it reads from the start: folding twice is harmless. */
export async function followEvents(
  { queue, telemetry }: Pick<ConsoleDeps, 'queue' | 'telemetry'>,
  folds: readonly { apply(event: JobEvent): void }[],
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const event of queue.events.read(signal)) for (const fold of folds) fold.apply(event);
      if (!signal.aborted) telemetry.log.warn('the event log ended; it is read again');
    } catch (error) {
      if (signal.aborted) return;
      telemetry.log.warn(`the event log cannot be read, trying again: ${describeError(error)}`);
    }
    await pause(AGAIN_MS, signal);
  }
}
