import { corrupt } from './pixel-description.ts';

/** Image size of a JPEG 2000 codestream (ITU-T T.800 A.5.1, SIZ), read before any decoder may believe it. */
export interface Jpeg2000Header {
  readonly rows: number;
  readonly columns: number;
  readonly samples: number;
  readonly bits: number;
  readonly signed: boolean;
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
  if (tileWidth === 0 || tileHeight === 0) throw corrupt('JPEG 2000: empty tiles');
  const size = view.getUint8(42);
  return {
    rows,
    columns,
    samples: view.getUint16(40),
    bits: (size & 0x7f) + 1,
    signed: size >> 7 === 1,
    tiles: Math.ceil(columns / tileWidth) * Math.ceil(rows / tileHeight),
  };
}
