import { corrupt, isPadding, type PixelDescription } from './pixel-description.ts';
import type { Frame } from './source.ts';

/**
 * Samples of one frame as little-endian bytes, interleaved, as wide as BitsAllocated, to a typed array.
 * @param own whether the bytes may become the frame
 */
export function fromBytes(bytes: Uint8Array, description: PixelDescription, own = false): Frame {
  const { rows, columns, samples, bitsAllocated, signed, float } = description;
  const count = rows * columns * samples;
  const width = Math.max(1, bitsAllocated / 8);
  if (bytes.length < count * width) {
    throw corrupt(`PixelData shorter than declared: ${bytes.length} of ${count * width} bytes in a frame`);
  }
  // Else a copy: the frame must outlive the file's buffer, and typed arrays need their alignment.
  const fits = own && bytes.byteOffset === 0 && bytes.buffer.byteLength === count * width;
  const { buffer } = fits ? bytes : Uint8Array.from(bytes.subarray(0, count * width));
  const data = viewOf(buffer, bitsAllocated, signed, float);
  if (!float && bitsAllocated > 1 && description.bitsStored < bitsAllocated) cutUnused(data, description);
  return { rows, columns, samples, data };
}

/**
 * The sign of a signed value stands at BitsStored; what lies above it (overlays once) is no part of any value but padding.
 * A HighBit further up is an error, and the low bits count, where bits below it are used that would be no part of a value.
 */
export function cutUnused(data: Frame['data'], description: PixelDescription): void {
  const { bitsStored, signed } = description;
  const below = 2 ** description.lowestBit - 1;
  const lowestBit = below > 0 && data.some((stored) => (stored & below) !== 0) ? 0 : description.lowestBit;
  const unused = 32 - bitsStored;
  for (let at = 0; at < data.length; at += 1) {
    const stored = data[at] ?? 0;
    if (lowestBit === 0 && isPadding(description, stored)) continue;
    const shifted = stored << (unused - lowestBit);
    data[at] = signed ? shifted >> unused : shifted >>> unused;
  }
}

function viewOf(
  buffer: ArrayBufferLike,
  bits: PixelDescription['bitsAllocated'],
  signed: boolean,
  float: boolean,
): Frame['data'] {
  if (float) return bits === 32 ? new Float32Array(buffer) : new Float64Array(buffer);
  if (bits === 1) return new Uint8Array(buffer);
  if (bits === 8) return signed ? new Int8Array(buffer) : new Uint8Array(buffer);
  if (bits === 16) return signed ? new Int16Array(buffer) : new Uint16Array(buffer);
  if (bits === 32) return signed ? new Int32Array(buffer) : new Uint32Array(buffer);
  throw corrupt('BitsAllocated 64 without Double Float Pixel Data');
}

/** Numbers of a decoder, interleaved, to stored values: the low `precision` bits count and are sign-extended. */
export function fromSamples(values: Uint8Array | Uint16Array, precision: number, description: PixelDescription): Frame {
  const { rows, columns, samples, bitsAllocated, signed } = description;
  const count = rows * columns * samples;
  if (values.length < count) throw corrupt(`fewer samples than declared: ${values.length} of ${count}`);
  if (bitsAllocated === 64 || precision > Math.max(8, bitsAllocated))
    throw corrupt(`codestream of ${precision} bits in ${bitsAllocated} bits allocated`);
  const data = viewOf(new ArrayBuffer(count * Math.max(1, bitsAllocated / 8)), bitsAllocated, signed, false);
  const shift = 32 - precision;
  if (signed) for (let at = 0; at < count; at += 1) data[at] = ((values[at] ?? 0) << shift) >> shift;
  else data.set(values.subarray(0, count));
  return { rows, columns, samples, data };
}

/** Three planes to interleaved samples of `width` bytes. */
export function interleave(planes: Uint8Array, width: number): Uint8Array {
  const pixels = planes.length / 3 / width;
  const interleaved = new Uint8Array(planes.length);
  for (let plane = 0; plane < 3; plane += 1) {
    for (let pixel = 0; pixel < pixels; pixel += 1) {
      for (let byte = 0; byte < width; byte += 1) {
        interleaved[(pixel * 3 + plane) * width + byte] = planes[(plane * pixels + pixel) * width + byte] ?? 0;
      }
    }
  }
  return interleaved;
}

/** Three planes of samples to interleaved ones. */
export function interleaveSamples(planes: Uint8Array | Uint16Array): Uint16Array {
  const pixels = planes.length / 3;
  const interleaved = new Uint16Array(planes.length);
  for (let plane = 0; plane < 3; plane += 1) {
    for (let pixel = 0; pixel < pixels; pixel += 1) {
      interleaved[pixel * 3 + plane] = planes[plane * pixels + pixel] ?? 0;
    }
  }
  return interleaved;
}
