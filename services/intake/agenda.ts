import type { StudyInstanceUID } from '@maskwright/dicom';

interface Entry {
  readonly dueAt: number;
  readonly traceparent: string | undefined;
}

/** Studies to be looked at, and when. Losing it costs nothing: the next sweep fills it again. */
export class Agenda {
  readonly #entries = new Map<StudyInstanceUID, Entry>();
  #wake: () => void = () => undefined;

  /** The earliest time and the first trace context of a study win. */
  add(study: StudyInstanceUID, dueAt: number, traceparent?: string): void {
    const before = this.#entries.get(study);
    this.#entries.set(study, {
      dueAt: Math.min(dueAt, before?.dueAt ?? Number.POSITIVE_INFINITY),
      traceparent: before?.traceparent ?? traceparent,
    });
    this.#wake();
  }

  /** The next study that is due, or the milliseconds until one is (Infinity: none is waiting). */
  take(
    now: number,
  ): { readonly study: StudyInstanceUID; readonly traceparent: string | undefined } | { readonly wait: number } {
    let first: [StudyInstanceUID, Entry] | undefined;
    for (const candidate of this.#entries) if (!first || candidate[1].dueAt < first[1].dueAt) first = candidate;
    if (!first) return { wait: Number.POSITIVE_INFINITY };
    const [study, { dueAt, traceparent }] = first;
    if (dueAt > now) return { wait: dueAt - now };
    this.#entries.delete(study);
    return { study, traceparent };
  }

  /** Resolves when something is added, after `milliseconds`, or when `signal` aborts. */
  change(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const timer = Number.isFinite(milliseconds) ? setTimeout(finish, milliseconds) : undefined;
      signal.addEventListener('abort', finish, { once: true });
      this.#wake = finish;
      if (signal.aborted) finish();
      function finish() {
        clearTimeout(timer);
        signal.removeEventListener('abort', finish);
        resolve();
      }
    });
  }
}
