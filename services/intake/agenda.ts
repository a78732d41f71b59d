import type { StudyInstanceUID } from '@maskwright/dicom';
import { LONGEST_TIMER_MS } from '@maskwright/time';
import { Heap } from './heap.ts';

/** A study to be looked at. */
export interface Visit {
  readonly study: StudyInstanceUID;
  /** W3C trace context of whoever named it first. */
  readonly traceparent?: string | undefined;
  /** What the archive's list of studies said of it, where the sweep has put it here. */
  readonly answer?: string | undefined;
  /** Images that it will have, where a notice told. */
  readonly expected?: number | undefined;
  /**
   * Someone has named it, as anyone does who gives no answer: it goes before what only the sweep has found, of which there
   * may be very many.
   */
  readonly isNamed?: boolean | undefined;
}
interface Entry extends Visit {
  readonly dueAt: number;
}

/** Beyond so many a sweep of the whole list waits: 100,000 studies in the archive are not 100,000 entries here. */
const CAPACITY = 1000;

/** Studies to be looked at, and when. Losing it costs nothing: the next sweep fills it again. */
export class Agenda {
  readonly #entries = new Map<StudyInstanceUID, Entry>();
  readonly #named = new Heap<Entry>((a, b) => a.dueAt - b.dueAt);
  readonly #swept = new Heap<Entry>((a, b) => a.dueAt - b.dueAt);
  readonly #inHand = new Set<StudyInstanceUID>();
  readonly #capacity: number;
  #waiters = new Set<() => void>();
  constructor(capacity = CAPACITY) {
    this.#capacity = capacity;
  }

  /** The earliest time, the first trace context, the newest answer and the greatest expected number of a study win. */
  add(visit: Visit, dueAt: number): void {
    const before = this.#entries.get(visit.study);
    const entry: Entry = {
      study: visit.study,
      isNamed: before?.isNamed || (visit.isNamed ?? visit.answer === undefined),
      dueAt: Math.min(dueAt, before?.dueAt ?? Number.POSITIVE_INFINITY),
      traceparent: before?.traceparent ?? visit.traceparent,
      answer: visit.answer ?? before?.answer,
      expected: greatest(before?.expected, visit.expected),
    };
    this.#put(entry);
    this.#wake();
  }

  /**
   * The next study that is due, those that someone has named first, or the milliseconds until one is (Infinity: none is
   * waiting). A study is in one hand only: it does not come again before `done`.
   */
  take(now: number): Visit | { readonly wait: number } {
    let wait = Number.POSITIVE_INFINITY;
    for (const order of [this.#named, this.#swept]) {
      const first = this.#firstOf(order);
      if (first && first.dueAt <= now) {
        order.pop();
        this.#entries.delete(first.study);
        this.#inHand.add(first.study);
        const { dueAt: _, ...visit } = first;
        return visit;
      }
      if (first) wait = Math.min(wait, first.dueAt - now);
    }
    return { wait };
  }

  done(study: StudyInstanceUID): void {
    this.#inHand.delete(study);
    const again = this.#entries.get(study);
    if (again) this.#put({ ...again });
    this.#wake();
  }

  /** Resolves when something is added or done, after `milliseconds`, or when `signal` aborts. */
  change(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', finish);
        this.#waiters.delete(finish);
        resolve();
      };
      const timer = Number.isFinite(milliseconds)
        ? setTimeout(finish, Math.min(milliseconds, LONGEST_TIMER_MS))
        : undefined;
      signal.addEventListener('abort', finish, { once: true });
      this.#waiters.add(finish);
      if (signal.aborted) finish();
    });
  }

  /**
   * Resolves when there is room for another study, or when `signal` aborts.
   * @param beyond how many studies more than usual are taken
   */
  async room(signal: AbortSignal, beyond = 0): Promise<void> {
    const capacity = this.#capacity + beyond;
    while (this.#entries.size >= capacity && !signal.aborted) await this.change(Number.POSITIVE_INFINITY, signal);
  }

  get size(): number {
    return this.#entries.size;
  }

  /** An entry that was put again, earlier or with more in it, has left its old place behind; one in hand is put when done. */
  #firstOf(order: Heap<Entry>): Entry | undefined {
    for (let first = order.peek(); first; first = order.peek()) {
      if (this.#entries.get(first.study) === first && !this.#inHand.has(first.study)) return first;
      order.pop();
    }
    return undefined;
  }

  #put(entry: Entry): void {
    this.#entries.set(entry.study, entry);
    if (!this.#inHand.has(entry.study)) (entry.isNamed ? this.#named : this.#swept).push(entry);
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = new Set();
    for (const wake of waiters) wake();
  }
}

function greatest(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.max(a, b);
}
