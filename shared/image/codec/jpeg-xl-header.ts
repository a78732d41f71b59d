import { corrupt } from '../pixel-description.ts';

/** Image size of a JPEG XL codestream (ISO/IEC 18181-1, SizeHeader), bare or in its container of boxes. */
export function jpegXlSize(bytes: Uint8Array): { readonly rows: number; readonly columns: number } {
  const codestream = codestreamOf(bytes);
  if (codestream[0] !== 0xff || codestream[1] !== 0x0a) throw corrupt('JPEG XL: no codestream');
  const bits = bitReader(codestream.subarray(2));
  const small = bits(1) === 1;
  const side = (): number => (small ? (bits(5) + 1) * 8 : bits(SIZE_BITS[bits(2)] ?? 9) + 1);
  const rows = side();
  const ratio = RATIOS[bits(3)];
  return { rows, columns: ratio ? Math.floor((rows * ratio[0]) / ratio[1]) : side() };
}
const SIZE_BITS = [9, 13, 18, 30];
/** Width to height; the first entry says that the width is written. */
const RATIOS: readonly (readonly [number, number] | undefined)[] = [
  undefined,
  [1, 1],
  [12, 10],
  [4, 3],
  [3, 2],
  [16, 9],
  [5, 4],
  [2, 1],
];

/** The first codestream box: `jxlc`, or `jxlp` behind its number. */
function codestreamOf(bytes: Uint8Array): Uint8Array {
  if (bytes[0] === 0xff) return bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 8 <= bytes.length; ) {
    const length = view.getUint32(at);
    const kind = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    // Length 1: eight more bytes hold it; 0: up to the end.
    const head = length === 1 ? 16 : 8;
    if (kind === 'jxlc') return bytes.subarray(at + head);
    if (kind === 'jxlp') return bytes.subarray(at + head + 4);
    if (length < 8) break;
    at += length;
  }
  throw corrupt('JPEG XL: no codestream');
}

/** Bits from the least significant one of each byte. */
function bitReader(bytes: Uint8Array): (count: number) => number {
  let at = 0;
  return (count) => {
    let value = 0;
    for (let bit = 0; bit < count; bit += 1, at += 1) {
      value += (((bytes[at >> 3] ?? 0) >> (at & 7)) & 1) * 2 ** bit;
    }
    return value;
  };
}
