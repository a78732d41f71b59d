const FIRST_SIZE = 64 * 1024;

/** Bytes of a stream that have come and were not taken yet. */
export class IncomingBytes {
  readonly #chunks: AsyncIterator<Uint8Array>;
  /** Grows by doubling, so that a part of any size is copied a fixed number of times. */
  #store = Buffer.allocUnsafe(FIRST_SIZE);
  #start = 0;
  #end = 0;
  #taken = 0;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  append(chunk: Uint8Array): void {
    if (this.#end + chunk.length > this.#store.length) this.#makeRoom(chunk.length);
    this.#store.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** Where `mark` is, counted from the first byte that was not taken; -1 where it does not come (within `most` bytes). */
  async find(mark: Buffer, from = 0, most = Number.POSITIVE_INFINITY): Promise<number> {
    for (let next = from; ; ) {
      const held = this.#held();
      const at = held.indexOf(mark, next);
      if (at >= 0) return at;
      next = Math.max(from, held.length - mark.length + 1);
      if (held.length > most || !(await this.more())) return -1;
    }
  }

  /** Up to `count` bytes from a place on; fewer where the stream ends. They are only good until the next call. */
  async peek(from: number, count: number): Promise<Buffer> {
    while (this.#held().length < from + count && (await this.more()));
    return this.#held().subarray(from, from + count);
  }

  /** How many were taken in all. */
  get taken(): number {
    return this.#taken;
  }

  /** How many have come. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** Where `mark` is among those that have come; -1 where it is not. */
  indexOf(mark: Buffer): number {
    return this.#held().indexOf(mark);
  }

  /** Takes the next bytes. They are only good until the next call. */
  take(count: number): Buffer {
    const taken = this.#held().subarray(0, count);
    this.#start += taken.length;
    this.#taken += taken.length;
    return taken;
  }

  #held(): Buffer {
    return this.#store.subarray(this.#start, this.#end);
  }

  /** False where the stream has ended. */
  async more(): Promise<boolean> {
    const { value, done } = await this.#chunks.next();
    if (done) return false;
    this.append(value);
    return true;
  }

  #makeRoom(count: number): void {
    const held = this.#held();
    let size = this.#store.length;
    while (size < held.length + count) size *= 2;
    const store = size === this.#store.length ? this.#store : Buffer.allocUnsafe(size);
    held.copy(store);
    this.#end = held.length;
    this.#start = 0;
    this.#store = store;
  }
}
