import { unpackBits } from './native.ts';
import { corrupt, type PixelDescription } from './pixel-description.ts';
import type { Frame } from './source.ts';
import { fromBytes, fromSamples } from './stored-values.ts';

/** One frame of RLE Lossless (PS3.5 annex G): byte planes, most significant first, sample by sample. */
export function decodeRle(bytes: Uint8Array, description: PixelDescription): Frame {
  const { rows, columns, samples, bitsAllocated } = description;
  const pixels = rows * columns;
  const segments = segmentsOf(bytes);
  const width = Math.max(1, bitsAllocated / 8);
  if (segments.length !== samples * width) {
    throw corrupt(`RLE segments: ${segments.length} where ${samples * width} belong`);
  }
  if (bitsAllocated === 1) {
    const packed = unpackRle(segments[0] ?? new Uint8Array(), Math.ceil(pixels / 8));
    return fromSamples(unpackBits(packed, 0, pixels), 1, { ...description, signed: false });
  }
  const interleaved = new Uint8Array(pixels * samples * width);
  for (const [index, segment] of segments.entries()) {
    const plane = unpackRle(segment, pixels);
    const offset = Math.floor(index / width) * width + (width - 1 - (index % width));
    for (let pixel = 0; pixel < pixels; pixel += 1) interleaved[pixel * samples * width + offset] = plane[pixel] ?? 0;
  }
  return fromBytes(interleaved, description);
}

function segmentsOf(bytes: Uint8Array): Uint8Array[] {
  if (bytes.length < 64) throw corrupt('RLE header cut off');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint32(0, true);
  if (count < 1 || count > 15) throw corrupt(`RLE segments: the header says ${count}`);
  const offsets = Array.from({ length: count }, (_, index) => view.getUint32(4 + index * 4, true));
  return offsets.map((offset, index) => {
    const end = offsets[index + 1] ?? bytes.length;
    if (offset < 64 || offset >= end || end > bytes.length)
      throw corrupt(`RLE segment ${index + 1} lies outside its frame`);
    return bytes.subarray(offset, end);
  });
}

/** PackBits (PS3.5 annex G.3.2) to exactly `length` bytes. */
export function unpackRle(segment: Uint8Array, length: number): Uint8Array {
  const plain = new Uint8Array(length);
  let to = 0;
  let from = 0;
  while (from < segment.length && to < length) {
    const control = segment[from] ?? 0;
    from += 1;
    if (control === 128) continue;
    const run = control < 128 ? control + 1 : 257 - control;
    if (to + run > length) throw corrupt('RLE segment longer than the frame');
    if (control < 128) {
      if (from + run > segment.length) throw corrupt('RLE segment cut off');
      plain.set(segment.subarray(from, from + run), to);
      from += run;
    } else {
      if (from >= segment.length) throw corrupt('RLE segment cut off');
      plain.fill(segment[from] ?? 0, to, to + run);
      from += 1;
    }
    to += run;
  }
  // A byte of padding makes segments even (annex G.4); some writers add a few more.
  if (segment.length - from > 64) throw corrupt('RLE segment longer than the frame');
  if (to < length) throw corrupt(`RLE segment shorter than the frame: ${to} of ${length} bytes`);
  return plain;
}
