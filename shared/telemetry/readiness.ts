import { reasonOf } from '@maskwright/errors';
import { pause } from '@maskwright/time';

/** One thing without which a process cannot do its work. */
export interface ReadinessCheck {
  /** What is looked at, as people call it: broker, archive, disk. */
  readonly part: string;
  /** Why the work cannot be done, or undefined. Rejecting is a reason too. No patient data, no secrets. */
  readonly look: (signal: AbortSignal) => Promise<string | undefined>;
  /** The same from what is known already, asked at each probe: it must cost nothing. */
  readonly glance?: () => string | undefined;
}
export interface Readiness {
  /** Why the process is not ready, one reason each; empty when it is. */
  reasons(): readonly string[];
}
export interface WatchOptions {
  /** Aborts when the process is asked to end: from then on it is draining, and not ready. */
  readonly signal: AbortSignal;
  /** Time between the end of a look and the next; default 5 s. */
  readonly everyMs?: number;
  /** A look that takes longer is a reason of its own, until it ends; default 5 s. */
  readonly withinMs?: number;
  /** Told of each change of the reasons. */
  readonly onChange?: (reasons: readonly string[]) => void;
}

const DRAINING = 'draining: the work in hand is finished, no other is taken';

/**
 * Looks at each part again and again, apart from the probes, so that a probe is answered at once whatever hangs. What was
 * not looked at yet is not ready.
 */
export function watchReadiness(checks: readonly ReadinessCheck[], options: WatchOptions): Readiness {
  const { signal, everyMs = 5_000, withinMs = 5_000, onChange } = options;
  const found = new Map<string, string | undefined>(checks.map(({ part }) => [part, 'not looked at yet']));
  let said = '';
  const reasons = (): readonly string[] => {
    if (signal.aborted) return [DRAINING];
    return checks.flatMap(({ part, glance }) => {
      const reason = glance?.() ?? found.get(part);
      return reason === undefined ? [] : [`${part}: ${reason}`];
    });
  };
  const note = (part: string, reason: string | undefined) => {
    found.set(part, reason);
    // At the start, before each part has been looked at, there is nothing to tell.
    if ([...found.values()].includes('not looked at yet')) return;
    const now = reasons();
    if (now.join('\n') === said) return;
    said = now.join('\n');
    onChange?.(now);
  };
  for (const check of checks) void keepLooking(check, { signal, everyMs, withinMs }, note);
  return { reasons };
}

async function keepLooking(
  { part, look }: ReadinessCheck,
  { signal, everyMs, withinMs }: Required<Pick<WatchOptions, 'signal' | 'everyMs' | 'withinMs'>>,
  note: (part: string, reason: string | undefined) => void,
): Promise<void> {
  while (!signal.aborted) {
    const late = setTimeout(() => note(part, `no answer within ${withinMs / 1000} s`), withinMs);
    try {
      note(part, await look(signal));
    } catch (error) {
      if (!signal.aborted) note(part, reasonOf(error));
    } finally {
      clearTimeout(late);
    }
    await pause(everyMs, signal, { keepsAlive: false });
  }
}
