/** Keeps the results of the most recently used keys; a failure is not kept. */
export class RecentlyUsed<T> {
  readonly #entries = new Map<string, Promise<T>>();
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(key: string, make: () => Promise<T>): Promise<T> {
    const found = this.#entries.get(key) ?? make();
    // Maps keep the order of insertion: the oldest entry is the first.
    this.#entries.delete(key);
    this.#entries.set(key, found);
    found.catch(() => this.#entries.delete(key));
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > this.#capacity && oldest !== undefined) this.#entries.delete(oldest);
    return found;
  }
}
