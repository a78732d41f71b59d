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

export function isEmpty(pixels: Uint8Array): boolean {
  const words = wordsOf(pixels);
  for (let at = 0; at < words.length; at += 1) if (words[at] !== 0) return false;
  return true;
}

/** Whether any bit is set in two of the packed frames, which are of one size. */
export function anyCommonBit(frames: readonly Uint8Array[]): boolean {
  const [first, ...others] = frames;
  if (!first || others.length === 0) return false;
  const taken = wordsOf(first).slice();
  for (const other of others) {
    const words = wordsOf(other);
    for (let at = 0; at < words.length; at += 1) {
      const word = words[at] ?? 0;
      if (word === 0) continue;
      const before = taken[at] ?? 0;
      if ((word & before) !== 0) return true;
      taken[at] = before | word;
    }
  }
  return false;
}
