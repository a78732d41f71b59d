/** Least recently used values up to a total size; values in the making are shared by all who ask for them. */
export class Cache<Value> {
  readonly #entries = new Map<string, { readonly value: Promise<Value>; size: number }>();
  readonly #limit: number;
  readonly #sizeOf: (value: Value) => number;
  #total = 0;
  /** @param sizeOf in the unit of `limit` */
  constructor(limit: number, sizeOf: (value: Value) => number) {
    this.#limit = limit;
    this.#sizeOf = sizeOf;
  }

  /** A value that could not be made is not kept. */
  get(key: string, make: () => Promise<Value>): Promise<Value> {
    const before = this.#entries.get(key);
    if (before) {
      this.#entries.delete(key);
      this.#entries.set(key, before);
      return before.value;
    }
    const entry = { value: make(), size: 0 };
    this.#entries.set(key, entry);
    entry.value.then(
      (value) => {
        if (this.#entries.get(key) !== entry) return;
        entry.size = this.#sizeOf(value);
        this.#total += entry.size;
        this.#shrink();
      },
      () => {
        if (this.#entries.get(key) === entry) this.#entries.delete(key);
      },
    );
    return entry.value;
  }

  #shrink(): void {
    for (const [key, { size }] of this.#entries) {
      if (this.#total <= this.#limit) return;
      if (size === 0) continue;
      this.#entries.delete(key);
      this.#total -= size;
    }
  }
}
