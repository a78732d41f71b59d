import { flagsOf, wordsOf } from './mask-words.ts';

/**
 * Packs pixels of 0 and non-zero into bits: the first pixel is the least significant bit of the first byte, and frames
 * follow each other without a gap (PS3.5 section 8.1.1 and annex D). An odd number of bytes gets one byte of padding.
 * @param frames pixels of one frame each, in the order of the object
 */
export function packBits(frames: readonly Uint8Array[]): Uint8Array {
  const bits = frames.reduce((sum, frame) => sum + frame.length, 0);
  const bytes = Math.ceil(bits / 8);
  const packed = new Uint8Array(bytes + (bytes % 2));
  let bit = 0;
  for (const frame of frames) {
    packFrame(frame, packed, bit);
    bit += frame.length;
  }
  return packed;
}

/** Eight pixels become one byte; where a frame begins within a byte, that byte is laid over two. */
function packFrame(frame: Uint8Array, packed: Uint8Array, firstBit: number): void {
  const words = wordsOf(frame);
  const shift = firstBit % 8;
  let byte = Math.floor(firstBit / 8);
  for (let at = 0; at < words.length; at += 2, byte += 1) {
    const low = words[at] ?? 0;
    const high = words[at + 1] ?? 0;
    if (low === 0 && high === 0) continue;
    const eight = (nibble(flagsOf(low)) | (nibble(flagsOf(high)) << 4)) << shift;
    packed[byte] = (packed[byte] ?? 0) | eight;
    if (eight > 0xff) packed[byte + 1] = eight >> 8;
  }
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
