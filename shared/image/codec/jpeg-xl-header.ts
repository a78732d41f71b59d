import { corrupt, unsupported } from '../pixel-description.ts';

/** What a JPEG XL codestream claims: its pixels, its colour channels, and the bits of each. */
export interface JpegXlHeader {
  readonly rows: number;
  readonly columns: number;
  readonly samples: 1 | 3;
  readonly bits: number;
}

/**
 * SizeHeader and ImageMetadata of a JPEG XL codestream (ISO/IEC 18181-1, annex D), bare or in its container of boxes.
 * @throws MaskwrightError PIXELS_CORRUPT, PIXELS_UNSUPPORTED for what DICOM's pixels have no place for
 */
export function jpegXlHeader(bytes: Uint8Array): JpegXlHeader {
  const codestream = codestreamOf(bytes);
  if (codestream[0] !== 0xff || codestream[1] !== 0x0a) throw corrupt('JPEG XL: no codestream');
  const read = bitReader(codestream.subarray(2));
  const size = readSize(read);
  const allDefault = read(1);
  if (allDefault) return { ...size, samples: 3, bits: 8 };
  const extraFields = read(1);
  if (extraFields) passExtraFields(read);
  const float = read(1);
  if (float) throw unsupported('JPEG XL with samples of floating point');
  const bits = readChoice(read, SAMPLE_BITS);
  // Whether 16 bits are enough for a decoder's own buffers.
  read(1);
  if (readChoice(read, EXTRA_CHANNELS) > 0) throw unsupported('JPEG XL with channels beside its colours');
  // Whether its colours are XYB, which decoders undo.
  read(1);
  return { ...size, samples: isGray(read) ? 1 : 3, bits };
}

/** Offset and length in bits of a number, by the two bits before it. */
type Choices = readonly (readonly [offset: number, length: number])[];
type BitReader = (count: number) => number;

const SIDES: Choices = [
  [1, 9],
  [1, 13],
  [1, 18],
  [1, 30],
];
const SAMPLE_BITS: Choices = [
  [8, 0],
  [10, 0],
  [12, 0],
  [1, 6],
];
const EXTRA_CHANNELS: Choices = [
  [0, 0],
  [1, 0],
  [2, 4],
  [1, 12],
];
const ENUM: Choices = [
  [0, 0],
  [1, 0],
  [2, 4],
  [18, 6],
];
const GRAY = 1;
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

function readChoice(read: BitReader, choices: Choices): number {
  const [offset, length] = choices[read(2)] ?? [0, 0];
  return offset + read(length);
}

function readSize(read: BitReader): { readonly rows: number; readonly columns: number } {
  const small = read(1) === 1;
  const side = (): number => (small ? (read(5) + 1) * 8 : readChoice(read, SIDES));
  const rows = side();
  const ratio = RATIOS[read(3)];
  return { rows, columns: ratio ? Math.floor((rows * ratio[0]) / ratio[1]) : side() };
}

function passExtraFields(read: BitReader): void {
  // Its orientation, which decoders obey.
  read(3);
  const intrinsicSize = read(1);
  if (intrinsicSize) readSize(read);
  const preview = read(1);
  const animation = read(1);
  if (preview || animation) throw unsupported('JPEG XL with a preview or of several frames');
}

function isGray(read: BitReader): boolean {
  const allDefault = read(1);
  if (allDefault) return false;
  // Whether an ICC profile follows.
  read(1);
  return readChoice(read, ENUM) === GRAY;
}

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
function bitReader(bytes: Uint8Array): BitReader {
  let at = 0;
  return (count) => {
    let value = 0;
    for (let bit = 0; bit < count; bit += 1, at += 1) {
      value += (((bytes[at >> 3] ?? 0) >> (at & 7)) & 1) * 2 ** bit;
    }
    return value;
  };
}
