import { flagsOf, wordsOf } from './mask-words.ts';

/**
 * Packs pixels of 0 and non-zero into bits: the first pixel is the least significant bit of the first byte, and frames
 * follow each other without a gap (PS3.5 section 8.1.1 and annex D). An odd number of bytes gets one byte of padding.
 * @param frames pixels of one frame each, in the order of the object
 */
export function packBits(frames: readonly Uint8Array[]): Uint8Array {
  const packer = new BitPacker(frames.reduce((sum, frame) => sum + frame.length, 0));
  for (const frame of frames) packer.add(frame, { evenIfEmpty: true });
  return packer.packed();
}

/** Packs frames as they come, and leaves out those that show nothing: each pixel is looked at once. */
export class BitPacker {
  readonly #bytes: Uint8Array;
  #bits = 0;
  /** @param most pixels that there are at most; memory is taken up by those that are packed */
  constructor(most: number) {
    const bytes = Math.ceil(most / 8);
    this.#bytes = new Uint8Array(bytes + (bytes % 2));
  }

  /** @returns whether the frame was packed */
  add(frame: Uint8Array, { evenIfEmpty = false } = {}): boolean {
    const packed = packFrame(frame, this.#bytes, this.#bits) || evenIfEmpty;
    if (packed) this.#bits += frame.length;
    return packed;
  }

  packed(): Uint8Array {
    const bytes = Math.ceil(this.#bits / 8);
    return this.#bytes.subarray(0, bytes + (bytes % 2));
  }
}

/**
 * Eight pixels become one byte; where a frame begins within a byte, that byte is laid over two.
 * @returns whether any pixel was set
 */
function packFrame(frame: Uint8Array, packed: Uint8Array, firstBit: number): boolean {
  const words = wordsOf(frame);
  const shift = firstBit % 8;
  let any = false;
  let byte = Math.floor(firstBit / 8);
  for (let at = 0; at < words.length; at += 2, byte += 1) {
    const low = words[at] ?? 0;
    const high = words[at + 1] ?? 0;
    if ((low | high) === 0) continue;
    any = true;
    const eight = (nibble(flagsOf(low)) | (nibble(flagsOf(high)) << 4)) << shift;
    packed[byte] = (packed[byte] ?? 0) | eight;
    if (eight > 0xff) packed[byte + 1] = eight >> 8;
  }
  return any;
}
/** The four flags of a word as four bits. */
function nibble(flags: number): number {
  return (flags | (flags >>> 7) | (flags >>> 14) | (flags >>> 21)) & 0xf;
}

/**
 * Pixels 0 or 1 of the frame with this index (0-based) out of packed bits.
 * @param pixels pixels of one frame
 */
export function unpackFrame(packed: Uint8Array, pixels: number, index: number): Uint8Array {
  const frame = new Uint8Array(pixels);
  const first = pixels * index;
  for (let at = 0; at < pixels; ) {
    const bit = (first + at) % 8;
    const byte = packed[Math.floor((first + at) / 8)] ?? 0;
    const count = Math.min(8 - bit, pixels - at);
    if (byte !== 0) for (let k = 0; k < count; k += 1) frame[at + k] = (byte >> (bit + k)) & 1;
    at += count;
  }
  return frame;
}
