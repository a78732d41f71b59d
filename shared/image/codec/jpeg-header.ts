import { corrupt } from '../pixel-description.ts';

/** Frame header of a JPEG or JPEG-LS codestream (ITU-T T.81 B.2.2), read before any decoder may believe it. */
export interface JpegHeader {
  readonly kind: 'jpeg' | 'jpeg-ls';
  readonly lossless: boolean;
  /** Baseline or extended: neither progressive nor lossless. */
  readonly sequential: boolean;
  readonly rows: number;
  readonly columns: number;
  readonly samples: number;
  readonly bits: number;
  /** Whether the codestream has its end marker. */
  readonly ended: boolean;
}

const SOF_JPEG_LS = 0xf7;
const SOF_BASELINE = 0xc0;
const SOF_EXTENDED = 0xc1;
const SOF_LOSSLESS = 0xc3;
const DHT = 0xc4;
const JPG = 0xc8;
const DAC = 0xcc;
const SOS = 0xda;
const EOI = 0xd9;

/** @throws MaskwrightError PIXELS_CORRUPT where the bytes have no frame header */
export function jpegHeader(bytes: Uint8Array): JpegHeader {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) throw corrupt('not a JPEG codestream');
  for (let at = 2; at + 4 <= bytes.length; ) {
    const marker = bytes[at + 1] ?? 0;
    if (bytes[at] !== 0xff || marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === SOS || marker === EOI) break;
    if (isFrameHeader(marker)) return frameHeader(bytes, at, marker);
    // Markers without a segment: TEM and restarts.
    const length = marker === 1 || (marker >= 0xd0 && marker <= 0xd8) ? 0 : word(bytes, at + 2);
    if (length === 1) throw corrupt('JPEG: broken segment');
    at += 2 + length;
  }
  throw corrupt('JPEG without frame header');
}

function isFrameHeader(marker: number): boolean {
  return (
    marker === SOF_JPEG_LS || (marker >= 0xc0 && marker <= 0xcf && marker !== DHT && marker !== JPG && marker !== DAC)
  );
}

function frameHeader(bytes: Uint8Array, at: number, marker: number): JpegHeader {
  if (at + 10 > bytes.length) throw corrupt('JPEG: frame header cut off');
  return {
    kind: marker === SOF_JPEG_LS ? 'jpeg-ls' : 'jpeg',
    lossless: marker === SOF_LOSSLESS,
    sequential: marker === SOF_BASELINE || marker === SOF_EXTENDED,
    bits: bytes[at + 4] ?? 0,
    rows: word(bytes, at + 5),
    columns: word(bytes, at + 7),
    samples: bytes[at + 9] ?? 0,
    ended: hasEnd(bytes),
  };
}
/** Writers pad after the end marker, some by more than one byte. */
function hasEnd(bytes: Uint8Array): boolean {
  for (let at = bytes.length - 2; at >= Math.max(2, bytes.length - 64); at -= 1) {
    if (bytes[at] === 0xff && bytes[at + 1] === EOI) return true;
  }
  return false;
}
function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
