/** Value representations (PS3.5 section 6.2) by how their values are encoded. */

/** Explicit VR with two reserved bytes and a length of four (PS3.5 table 7.1-1). */
export const LONG_LENGTH = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
/** Text in the SpecificCharacterSet. */
export const LOCAL_TEXT = new Set(['LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT']);
/** Text in the default repertoire. */
export const PLAIN_TEXT = new Set(['AE', 'AS', 'CS', 'DA', 'DS', 'DT', 'IS', 'TM', 'UI', 'UR']);
/** Text of one value, in which a backslash is a character. */
export const SINGLE_TEXT = new Set(['LT', 'ST', 'UR', 'UT']);
/** Binary VRs with the width of their words, which is what byte order is about. */
export const BINARY_WIDTH: Readonly<Record<string, number>> = { OB: 1, UN: 1, OW: 2, OF: 4, OL: 4, OD: 8, OV: 8 };

export interface NumberCodec {
  readonly width: number;
  read(view: DataView, at: number, littleEndian: boolean): number;
  write(view: DataView, at: number, value: number): void;
}
export const NUMBERS: Readonly<Record<string, NumberCodec>> = {
  US: codec(
    2,
    (v, at, le) => v.getUint16(at, le),
    (v, at, x) => v.setUint16(at, x, true),
  ),
  SS: codec(
    2,
    (v, at, le) => v.getInt16(at, le),
    (v, at, x) => v.setInt16(at, x, true),
  ),
  UL: codec(
    4,
    (v, at, le) => v.getUint32(at, le),
    (v, at, x) => v.setUint32(at, x, true),
  ),
  SL: codec(
    4,
    (v, at, le) => v.getInt32(at, le),
    (v, at, x) => v.setInt32(at, x, true),
  ),
  FL: codec(
    4,
    (v, at, le) => v.getFloat32(at, le),
    (v, at, x) => v.setFloat32(at, x, true),
  ),
  FD: codec(
    8,
    (v, at, le) => v.getFloat64(at, le),
    (v, at, x) => v.setFloat64(at, x, true),
  ),
  UV: codec(
    8,
    (v, at, le) => Number(v.getBigUint64(at, le)),
    (v, at, x) => v.setBigUint64(at, BigInt(x), true),
  ),
  SV: codec(
    8,
    (v, at, le) => Number(v.getBigInt64(at, le)),
    (v, at, x) => v.setBigInt64(at, BigInt(x), true),
  ),
};
function codec(width: number, read: NumberCodec['read'], write: NumberCodec['write']): NumberCodec {
  return { width, read, write };
}

/** Reverses the bytes of each word of `width`; a rest shorter than a word stays as it is. */
export function swapWords(bytes: Uint8Array, width: number): Uint8Array {
  const swapped = Uint8Array.from(bytes);
  for (let at = 0; at + width <= bytes.length; at += width) swapped.subarray(at, at + width).reverse();
  return swapped;
}
