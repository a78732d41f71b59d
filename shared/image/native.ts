import { corrupt, type PixelDescription } from './pixel-description.ts';
import type { Frame } from './source.ts';
import { fromBytes, interleave } from './stored-values.ts';

/** Frame `index` (from 0) of native pixel data, little-endian (PS3.5 section 8), all of which is in memory. */
export function decodeNative(bytes: Uint8Array, index: number, description: PixelDescription): Frame {
  const { start, end } = nativePlace(index, bytes.length, description);
  return nativeFrame(bytes.subarray(start, end), index, bytes.length, description);
}

/**
 * Where frame `index` (from 0) stands in native pixel data of `total` bytes.
 * @throws MaskwrightError PIXELS_CORRUPT where they end before it
 */
export function nativePlace(index: number, total: number, description: PixelDescription) {
  const { rows, columns, samples, bitsAllocated } = description;
  const pixels = rows * columns;
  if (bitsAllocated === 1) {
    const [start, end] = [Math.floor((index * pixels) / 8), Math.ceil(((index + 1) * pixels) / 8)];
    if (end > total) throw corrupt('PixelData shorter than declared');
    return { start, end };
  }
  const size = subsampled(total, description) ? pixels * 2 : (pixels * samples * bitsAllocated) / 8;
  const end = (index + 1) * size;
  if (end > total)
    throw corrupt(`PixelData shorter than declared: frame ${index + 1} needs ${end} bytes, ${total} are there`);
  return { start: end - size, end };
}

/**
 * A frame from the bytes at its place.
 * @param own whether they may become the frame
 */
export function nativeFrame(
  bytes: Uint8Array,
  index: number,
  total: number,
  description: PixelDescription,
  own = false,
): Frame {
  const { rows, columns, bitsAllocated, planar } = description;
  const pixels = rows * columns;
  if (bitsAllocated === 1) return fromBytes(unpackBits(bytes, (index * pixels) % 8, pixels), description);
  if (subsampled(total, description)) return fromBytes(upsample422(bytes, pixels), description);
  return planar ? fromBytes(interleave(bytes, bitsAllocated / 8), description) : fromBytes(bytes, description, own);
}

/** Some write YBR_FULL_422 and mean YBR_FULL: the length tells. */
function subsampled(total: number, { photometric, rows, columns, frames }: PixelDescription): boolean {
  return HALVED.has(photometric) && total < rows * columns * 3 * frames;
}
/** Native pixel data has two luminances for each pair of chrominances (PS3.3 C.7.6.3.1.2). */
const HALVED = new Set(['YBR_FULL_422', 'YBR_PARTIAL_422']);

/** Bytes that native pixel data of this description have at least, without padding. */
export function nativeLength({ rows, columns, samples, frames, bitsAllocated, photometric }: PixelDescription): number {
  const pixels = rows * columns * frames;
  if (bitsAllocated === 1) return Math.ceil(pixels / 8);
  return HALVED.has(photometric) ? pixels * 2 : (pixels * samples * bitsAllocated) / 8;
}

/** One byte (0 or 1) a pixel from bits packed from the least significant one, frames without padding (PS3.5 section 8.1.1). */
export function unpackBits(bytes: Uint8Array, first: number, count: number): Uint8Array {
  if (first + count > bytes.length * 8) throw corrupt('PixelData shorter than declared');
  const bits = new Uint8Array(count);
  for (let at = 0; at < count; at += 1) bits[at] = ((bytes[(first + at) >> 3] ?? 0) >> ((first + at) & 7)) & 1;
  return bits;
}
/** The inverse of {@link unpackBits} for one run of pixels. */
export function packBits(bits: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  for (let at = 0; at < bits.length; at += 1) if (bits[at]) bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (1 << (at & 7));
  return bytes;
}

/** Y0 Y1 Cb Cr for each two pixels (PS3.3 C.7.6.3.1.2) to Y Cb Cr for each pixel. */
function upsample422(bytes: Uint8Array, pixels: number): Uint8Array {
  const full = new Uint8Array(pixels * 3);
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    const pair = (pixel >> 1) * 4;
    full[pixel * 3] = bytes[pair + (pixel & 1)] ?? 0;
    full[pixel * 3 + 1] = bytes[pair + 2] ?? 0;
    full[pixel * 3 + 2] = bytes[pair + 3] ?? 0;
  }
  return full;
}
