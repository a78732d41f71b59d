import type { JobEvent, JobKey } from '@maskwright/queue';

/** The newest state of each job, folded from the log of events. */
export class Worklist {
  readonly #results = new Map<JobKey, JobEvent>();
  readonly #prompts = new Map<JobKey, string>();
  readonly #listeners = new Set<(result: Result) => void>();
  readonly #most: number;

  /** @param most results that are kept; the oldest go first, the log still has them */
  constructor(most = 5000) {
    this.#most = most;
  }

  add(event: JobEvent): void {
    const before = this.#results.get(event.key);
    if (before && before.at > event.at && isEnd(before)) return;
    if (event.state.kind === 'queued' && event.state.prompt) this.#prompts.set(event.key, event.state.prompt);
    this.#results.delete(event.key);
    this.#results.set(event.key, event);
    for (const [oldest] of this.#results) {
      if (this.#results.size <= this.#most) break;
      this.#results.delete(oldest);
      this.#prompts.delete(oldest);
    }
    const result = this.#resultOf(event);
    for (const listener of this.#listeners) listener(result);
  }

  /** Newest first. */
  all(): Result[] {
    return [...this.#results.values()].map((event) => this.#resultOf(event)).sort((a, b) => b.at.localeCompare(a.at));
  }

  get(key: string): Result | undefined {
    const event = this.#results.get(key as JobKey);
    return event && this.#resultOf(event);
  }

  /** @returns a function that ends the subscription */
  subscribe(listener: (result: Result) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #resultOf(event: JobEvent): Result {
    const words = this.#prompts.get(event.key);
    return words === undefined ? event : { ...event, words };
  }
}

/** A job as it stands. `words`: the person's own prompt, where it was one. */
export type Result = JobEvent & { readonly words?: string };

function isEnd({ state }: JobEvent): boolean {
  return state.kind !== 'queued' && state.kind !== 'running';
}
