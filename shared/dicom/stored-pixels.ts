import { createHash } from 'node:crypto';

/** A file that is read piece by piece. */
export interface StoredFile {
  readonly length: number;
  /** Bytes from `start` up to `end`; a copy of their own. */
  read(start: number, end: number): Promise<Uint8Array>;
}

/** A run of bytes in a file. */
export interface Run {
  readonly start: number;
  readonly length: number;
}

/** Pixel data that stays in a file: what `pixelData` of an instance would be, read when it is wanted. */
export class StoredPixels {
  readonly #file: StoredFile;
  /** One list an entry: its fragments. */
  readonly #entries: readonly (readonly Run[])[];
  /** Bytes of each entry. */
  readonly lengths: readonly number[];

  constructor(file: StoredFile, entries: readonly (readonly Run[])[]) {
    this.#file = file;
    this.#entries = entries;
    this.lengths = entries.map((runs) => runs.reduce((sum, { length }) => sum + length, 0));
  }

  /** Bytes of one entry, from `start` up to `end`: fewer where it ends before. */
  async read(entry: number, start = 0, end = this.lengths[entry] ?? 0): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    let before = 0;
    for (const run of this.#entries[entry] ?? []) {
      const from = Math.max(start - before, 0);
      const to = Math.min(end - before, run.length);
      if (from < to) pieces.push(await this.#file.read(run.start + from, run.start + to));
      before += run.length;
    }
    const [only] = pieces;
    return only && pieces.length === 1 ? only : new Uint8Array(Buffer.concat(pieces));
  }

  /** SHA-256 of all entries, one after the other; at any time one piece is in memory. */
  async digest(piece = 1 << 20): Promise<string> {
    const hash = createHash('sha256');
    for (const [entry, length] of this.lengths.entries()) {
      for (let start = 0; start < length; start += piece)
        hash.update(await this.read(entry, start, Math.min(start + piece, length)));
    }
    return hash.digest('hex');
  }
}
