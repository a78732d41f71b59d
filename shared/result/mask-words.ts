/**
 * The bytes of a mask's frame four at a time: a hundred and fifty million pixels are looked at several times over, and most
 * are zero. The machines that this runs on are little-endian, as typed arrays are then: the first pixel is the lowest byte.
 * @returns an even number of words, the last ones filled up with zeros; a view of `pixels` where it lies suitably
 */
export function wordsOf(pixels: Uint8Array): Uint32Array {
  const { buffer, byteOffset, length } = pixels;
  if (byteOffset % 4 === 0 && length % 8 === 0) return new Uint32Array(buffer, byteOffset, length / 4);
  const filled = new Uint8Array(Math.ceil(length / 8) * 8);
  filled.set(pixels);
  return new Uint32Array(filled.buffer);
}

/** Four pixels as 0 or 1 each, whatever their values that are not 0. */
export function flagsOf(word: number): number {
  if ((word & 0xfefefefe) === 0) return word;
  const halves = word | ((word >>> 4) & 0x0f0f0f0f);
  const quarters = halves | ((halves >>> 2) & 0x3f3f3f3f);
  return (quarters | ((quarters >>> 1) & 0x7f7f7f7f)) & 0x01010101;
}

/** Pixels that are asked about together whether they are all zero: the runtime compares memory four times as fast as our loops. */
const BLOCK = 4096;
const ZEROS = Buffer.alloc(BLOCK);
const BLOCK_WORDS = BLOCK / 4;

/** Numbers of the blocks of a frame that show something; none where it shows nothing. */
export function shownBlocks({ buffer, byteOffset, length }: Uint8Array): readonly number[] {
  const pixels = Buffer.from(buffer, byteOffset, length);
  const shown: number[] = [];
  for (let first = 0; first < length; first += BLOCK) {
    const end = Math.min(first + BLOCK, length);
    if (pixels.compare(ZEROS, 0, end - first, first, end) !== 0) shown.push(first / BLOCK);
  }
  return shown;
}

/** First word of a block and the one behind its last, as `wordsOf` has them. */
export function wordsOfBlock(block: number, words: Uint32Array): { readonly first: number; readonly end: number } {
  const first = block * BLOCK_WORDS;
  return { first, end: Math.min(first + BLOCK_WORDS, words.length) };
}

/** Words that are asked about together in a loop: 32 pixels. */
export const GROUP = 8;
/** Whether a group of words is all zero; those behind the last word are. */
export function isZeroGroup(words: Uint32Array, at: number): boolean {
  const first = (words[at] ?? 0) | (words[at + 1] ?? 0) | (words[at + 2] ?? 0) | (words[at + 3] ?? 0);
  return (first | (words[at + 4] ?? 0) | (words[at + 5] ?? 0) | (words[at + 6] ?? 0) | (words[at + 7] ?? 0)) === 0;
}

export function isEmpty(pixels: Uint8Array): boolean {
  return shownBlocks(pixels).length === 0;
}

/** Which pixels of a frame of the source segments have taken so far. */
export class TakenPixels {
  readonly #words: Uint32Array;
  /** @param pixels of a frame */
  constructor(pixels: number) {
    this.#words = new Uint32Array(Math.ceil(pixels / 8) * 2);
  }

  /** The next frame of the source. */
  clear(): void {
    this.#words.fill(0);
  }

  /** @returns whether one of the pixels was taken before */
  take(pixels: Uint8Array, blocks: readonly number[]): boolean {
    const words = wordsOf(pixels);
    for (const block of blocks) {
      const { first, end } = wordsOfBlock(block, words);
      for (let at = first; at < end; at += GROUP)
        if (!isZeroGroup(words, at) && takeGroup(words, this.#words, at)) return true;
    }
    return false;
  }
}
function takeGroup(words: Uint32Array, taken: Uint32Array, first: number): boolean {
  for (let at = first; at < first + GROUP; at += 1) {
    const word = words[at] ?? 0;
    const before = taken[at] ?? 0;
    if (before !== 0 && (flagsOf(word) & flagsOf(before)) !== 0) return true;
    taken[at] = before | word;
  }
  return false;
}
