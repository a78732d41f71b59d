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

/** Where the words of a frame begin and end that are not all zero; they are counted as `wordsOf` has them. */
export interface Span {
  /** Even, as two words are eight pixels. */
  readonly first: number;
  /** Behind the last of them; even. */
  readonly end: number;
}

/** The least part of a frame that holds all that it shows; undefined where it shows nothing. */
export function spanOf(pixels: Uint8Array): Span | undefined {
  const words = wordsOf(pixels);
  let first = 0;
  while (first < words.length && words[first] === 0) first += 1;
  if (first === words.length) return undefined;
  let end = words.length;
  while (words[end - 1] === 0) end -= 1;
  return { first: first - (first % 2), end: end + (end % 2) };
}

export function isEmpty(pixels: Uint8Array): boolean {
  return spanOf(pixels) === undefined;
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
  take(pixels: Uint8Array, { first, end }: Span): boolean {
    const words = wordsOf(pixels);
    for (let at = first; at < end; at += 1) {
      const word = words[at] ?? 0;
      if (word === 0) continue;
      const before = this.#words[at] ?? 0;
      if (before !== 0 && (flagsOf(word) & flagsOf(before)) !== 0) return true;
      this.#words[at] = before | word;
    }
    return false;
  }
}
