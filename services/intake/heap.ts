/** A binary heap: the least first. */
export class Heap<T> {
  readonly #items: T[] = [];
  readonly #compare: (a: T, b: T) => number;
  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  peek(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    let at = this.#items.push(item) - 1;
    while (at > 0 && this.#isLess(at, (at - 1) >> 1)) at = this.#swap(at, (at - 1) >> 1);
  }

  pop(): T | undefined {
    const [first] = this.#items;
    const last = this.#items.pop();
    if (last !== undefined && this.#items.length > 0) {
      this.#items[0] = last;
      let at = 0;
      for (;;) {
        let least = at;
        for (const child of [2 * at + 1, 2 * at + 2]) if (this.#isLess(child, least)) least = child;
        if (least === at) break;
        at = this.#swap(at, least);
      }
    }
    return first;
  }

  #isLess(a: number, b: number): boolean {
    const [one, other] = [this.#items[a], this.#items[b]];
    return one !== undefined && other !== undefined && this.#compare(one, other) < 0;
  }

  /** @returns the place where the first one is now */
  #swap(a: number, b: number): number {
    const [one, other] = [this.#items[a], this.#items[b]];
    if (one !== undefined && other !== undefined) [this.#items[a], this.#items[b]] = [other, one];
    return b;
  }
}
