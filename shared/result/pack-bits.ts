import { flagsOf, GROUP, isZeroGroup, wordsOf, wordsOfBlock } from './mask-words.ts';

/**
 * Packs pixels of 0 and non-zero into bits: the first pixel is the least significant bit of the first byte, and frames
 * follow each other without a gap (PS3.5 section 8.1.1 and annex D). Eight pixels become one byte; where a frame begins
 * within a byte, that byte is laid over two.
 * @param frame the pixels of one frame
 * @param packed zeros, or frames that stand before and behind
 * @param firstBit place of the frame's first pixel in `packed`
 * @param blocks those of the frame that show something; the rest stays as it is
 */
export function packFrame(frame: Uint8Array, packed: Uint8Array, firstBit: number, blocks: readonly number[]): void {
  const words = wordsOf(frame);
  const shift = firstBit % 8;
  const firstByte = Math.floor(firstBit / 8);
  for (const block of blocks) {
    const { first, end } = wordsOfBlock(block, words);
    for (let at = first; at < end; at += GROUP)
      if (!isZeroGroup(words, at)) packGroup(words, at, packed, firstByte + at / 2, shift);
  }
}
function packGroup(words: Uint32Array, first: number, packed: Uint8Array, firstByte: number, shift: number): void {
  let byte = firstByte;
  for (let at = first; at < first + GROUP; at += 2, byte += 1) {
    const low = words[at] ?? 0;
    const high = words[at + 1] ?? 0;
    if ((low | high) === 0) continue;
    const eight = (nibble(flagsOf(low)) | (nibble(flagsOf(high)) << 4)) << shift;
    packed[byte] = (packed[byte] ?? 0) | eight;
    if (eight > 0xff) packed[byte + 1] = eight >> 8;
  }
}
/** The four flags of a word as four bits: the product moves each to its place among the highest, and none is carried. */
function nibble(flags: number): number {
  return Math.imul(flags, 0x10204080) >>> 28;
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
