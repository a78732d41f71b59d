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
    for (const pixel of frame) {
      if (pixel) packed[bit >> 3] = (packed[bit >> 3] ?? 0) | (1 << (bit & 7));
      bit += 1;
    }
  }
  return packed;
}

/**
 * Pixels 0 or 1 of the frame with this index (0-based) out of packed bits.
 * @param pixels pixels of one frame
 */
export function unpackFrame(packed: Uint8Array, pixels: number, index: number): Uint8Array {
  const frame = new Uint8Array(pixels);
  let bit = pixels * index;
  for (let at = 0; at < pixels; at += 1, bit += 1) frame[at] = ((packed[Math.floor(bit / 8)] ?? 0) >> (bit % 8)) & 1;
  return frame;
}
