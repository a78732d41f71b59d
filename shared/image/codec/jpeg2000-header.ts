import { corrupt } from '../pixel-description.ts';

/** Image size of a JPEG 2000 codestream (ITU-T T.800 A.5.1, SIZ), read before any decoder may believe it. */
export interface Jpeg2000Header {
  readonly rows: number;
  readonly columns: number;
  readonly samples: number;
  readonly bits: number;
  readonly signed: boolean;
  /** Whether a component has fewer samples than the image has pixels. */
  readonly subsampled: boolean;
  readonly tiles: number;
}

/** The codestream itself, taken out of a JP2 container where there is one. */
export function jpeg2000Codestream(bytes: Uint8Array): Uint8Array {
  if (bytes[0] === 0xff) return bytes;
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 65536)).indexOf(
    Buffer.from([0xff, 0x4f, 0xff, 0x51]),
  );
  if (start < 0) throw corrupt('not a JPEG 2000 codestream');
  return bytes.subarray(start);
}

export function jpeg2000Header(bytes: Uint8Array): Jpeg2000Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 43 || view.getUint32(0) !== 0xff4fff51) throw corrupt('not a JPEG 2000 codestream');
  const columns = view.getUint32(8) - view.getUint32(16);
  const rows = view.getUint32(12) - view.getUint32(20);
  const tileWidth = view.getUint32(24);
  const tileHeight = view.getUint32(28);
  if (columns <= 0 || rows <= 0) throw corrupt('JPEG 2000: impossible size');
  if (tileWidth === 0 || tileHeight === 0) throw corrupt('JPEG 2000: empty tiles');
  const size = view.getUint8(42);
  return {
    rows,
    columns,
    samples: view.getUint16(40),
    bits: (size & 0x7f) + 1,
    signed: size >> 7 === 1,
    subsampled: components(bytes).some(([, across, down]) => across !== 1 || down !== 1),
    tiles: Math.ceil(columns / tileWidth) * Math.ceil(rows / tileHeight),
  };
}

/** Ssiz, XRsiz and YRsiz of each component. */
function components(bytes: Uint8Array): Uint8Array[] {
  const count = ((bytes[40] ?? 0) << 8) | (bytes[41] ?? 0);
  return Array.from({ length: count }, (_, at) => bytes.subarray(42 + 3 * at, 45 + 3 * at));
}

/** A copy whose components are said to be unsigned (Ssiz): decoded, each value is half the range higher. */
export function unsignedJpeg2000(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  for (const component of components(copy)) component[0] = (component[0] ?? 0) & 0x7f;
  return copy;
}

const SOT = 0xff90;
const EOC = 0xffd9;

/**
 * Whether all tile-parts are there (T.800 A.4.2); decoders fill what is missing with anything and say nothing.
 * @throws MaskwrightError PIXELS_CORRUPT where a tile-part is cut off or none is there
 */
export function jpeg2000Ends(bytes: Uint8Array): { readonly ended: boolean } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = (at: number): number => (at + 2 <= bytes.length ? view.getUint16(at) : 0);
  let at = 2;
  while (word(at) !== SOT) {
    if (at + 4 > bytes.length || (word(at) & 0xff00) !== 0xff00) throw corrupt('JPEG 2000: no tiles');
    at += 2 + Math.max(2, word(at + 2));
  }
  while (word(at) === SOT) {
    const length = at + 10 <= bytes.length ? view.getUint32(at + 6) : bytes.length;
    // 0 is said of the last one: it goes up to the end.
    if (length === 0)
      return { ended: bytes.subarray(-64).some((_, index, end) => end[index] === 0xff && end[index + 1] === 0xd9) };
    if (length < 14 || at + length > bytes.length) throw corrupt('JPEG 2000 ends early: a tile is cut off');
    at += length;
  }
  return { ended: word(at) === EOC };
}
