import { corrupt } from '../pixel-description.ts';

/** For each 16 bits that may follow: length of the code in the high byte, symbol in the low one; 0 where there is no code. */
export type HuffmanTable = Uint16Array;

/** Table of DHT (ITU-T T.81 annex C) from the numbers of codes of 1 to 16 bits and their symbols. */
export function huffmanTable(counts: Uint8Array, symbols: Uint8Array): HuffmanTable {
  const table = new Uint16Array(65536);
  let code = 0;
  let symbol = 0;
  for (let length = 1; length <= 16; length += 1) {
    for (let n = 0; n < (counts[length - 1] ?? 0); n += 1) {
      const first = code << (16 - length);
      if (first + (1 << (16 - length)) > 65536 || symbol >= symbols.length) throw corrupt('JPEG: broken Huffman table');
      table.fill((length << 8) | (symbols[symbol] ?? 0), first, first + (1 << (16 - length)));
      symbol += 1;
      code += 1;
    }
    code <<= 1;
  }
  return table;
}

/** Bits of entropy-coded data; byte stuffing is taken out, and a marker ends the data. */
export class BitReader {
  position: number;
  readonly #bytes: Uint8Array;
  #buffer = 0;
  #count = 0;
  #beyond = 0;

  constructor(bytes: Uint8Array, position: number) {
    this.#bytes = bytes;
    this.position = position;
  }

  symbol(table: HuffmanTable): number {
    if (this.#count < 16) this.#fill();
    const entry = table[(this.#buffer >>> (this.#count - 16)) & 0xffff] ?? 0;
    if (entry === 0) throw corrupt('JPEG: broken Huffman code');
    this.#count -= entry >> 8;
    return entry & 0xff;
  }
  bits(count: number): number {
    if (count === 0) return 0;
    if (this.#count < count) this.#fill();
    this.#count -= count;
    return (this.#buffer >>> this.#count) & ((1 << count) - 1);
  }
  /** A signed number of `size` bits (T.81 F.2.2.1, EXTEND). */
  signed(size: number): number {
    if (size === 0) return 0;
    const value = this.bits(size);
    return value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
  }
  /** Goes behind the next restart marker. Without one the data end here. */
  restart(): void {
    this.#beyond = 0;
    this.#count = 0;
    this.#buffer = 0;
    const bytes = this.#bytes;
    for (let at = this.position; at + 1 < bytes.length; at += 1) {
      const marker = bytes[at + 1] ?? 0;
      if (bytes[at] !== 0xff || marker === 0 || marker === 0xff) continue;
      if (marker < 0xd0 || marker > 0xd7) break;
      this.position = at + 2;
      return;
    }
    throw corrupt('JPEG: restart marker missing');
  }

  #fill(): void {
    const bytes = this.#bytes;
    while (this.#count <= 16) {
      let byte = 0;
      const at = this.position;
      const ended = at >= bytes.length || (bytes[at] === 0xff && bytes[at + 1] !== 0);
      if (ended) {
        this.#beyond += 1;
        // The reader looks ahead by up to three bytes; more means that data are missing.
        if (this.#beyond > 64) throw corrupt('JPEG ends early');
      } else {
        byte = bytes[at] ?? 0;
        this.position += byte === 0xff ? 2 : 1;
      }
      this.#buffer = (this.#buffer << 8) | byte;
      this.#count += 8;
    }
  }
}
