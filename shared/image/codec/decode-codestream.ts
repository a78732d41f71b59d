import os from 'node:os';
import { corrupt, type PixelDescription, unsupported } from '../pixel-description.ts';
import type { Frame } from '../source.ts';
import { cutUnused, fromSamples, interleaveSamples } from '../stored-values.ts';
import type { Packing } from '../transfer-syntax.ts';
import { jpegHeader } from './jpeg-header.ts';
import { jpegXlHeader } from './jpeg-xl-header.ts';
import { jpeg2000Codestream, jpeg2000Ends, jpeg2000Header, unsignedJpeg2000 } from './jpeg2000-header.ts';
import type { CodecName } from './message.ts';
import { codecPool } from './pool.ts';

export type CodecPacking = Extract<Packing, CodecName>;

/** docs/pixels.md states these bounds and what they were measured with. */
const pool = codecPool({
  processes: Math.min(4, os.availableParallelism()),
  memoryMiB: 768,
  timeoutMs: 3_500,
  idleMs: 20_000,
});

/**
 * One frame from its codestream. Size and bits that the codestream claims are compared with the data set before a
 * decoder sees it, and the decoder runs in a process of its own.
 * @throws MaskwrightError PIXELS_CORRUPT, PIXELS_UNSUPPORTED
 */
export async function decodeCodestream(
  packing: CodecPacking,
  bytes: Uint8Array,
  description: PixelDescription,
): Promise<Frame> {
  const codestream = checkedCodestream(packing, bytes, description);
  if (packing === 'jpeg') return jpegFrame(codestream, description);
  if (packing === 'jpeg-xl') return jpegXlFrame(codestream, description);
  const isShort = isShortSigned(packing, codestream);
  const decoded = await pool.decode({
    codec: packing,
    codestream: isShort ? unsignedJpeg2000(codestream) : codestream,
    claimed: description,
  });
  checkSize(decoded, description, NAMES[packing]);
  const { bits, planar } = decoded;
  const values = bits > 8 ? words(decoded.bytes) : decoded.bytes;
  if (isShort) for (let at = 0; at < values.length; at += 1) values[at] = (values[at] ?? 0) ^ (1 << (bits - 1));
  return fromSamples(planar ? interleaveSamples(values) : values, bits, description);
}
const NAMES: Readonly<Record<CodecPacking, string>> = {
  jpeg: 'JPEG',
  'jpeg-xl': 'JPEG XL',
  'jpeg-ls': 'JPEG-LS',
  'jpeg-2000': 'JPEG 2000',
  htj2k: 'JPEG 2000',
};

/**
 * The codestream itself, whose header agrees with the data set.
 * @throws MaskwrightError PIXELS_CORRUPT, PIXELS_UNSUPPORTED
 */
export function checkedCodestream(packing: CodecPacking, bytes: Uint8Array, description: PixelDescription): Uint8Array {
  const { bitsAllocated } = description;
  if (packing === 'jpeg-xl') {
    if (bitsAllocated !== 8 && bitsAllocated !== 16) throw unsupported(`JPEG XL in BitsAllocated ${bitsAllocated}`);
    const header = jpegXlHeader(bytes);
    checkSize(header, description, 'JPEG XL');
    checkBits(header.bits, description, 'JPEG XL');
    return bytes;
  }
  if (packing === 'jpeg' || packing === 'jpeg-ls') {
    const header = jpegHeader(bytes);
    if (header.kind !== packing) throw corrupt(`${NAMES[header.kind]} where ${NAMES[packing]} belongs`);
    checkSize(header, description, NAMES[packing]);
    checkBits(header.bits, description, NAMES[packing]);
    return bytes;
  }
  const codestream = jpeg2000Codestream(bytes);
  const header = jpeg2000Header(codestream);
  checkSize(header, description, 'JPEG 2000');
  checkBits(header.bits, description, 'JPEG 2000');
  // Its decoders read beyond the component's end.
  if (header.subsampled) throw unsupported('JPEG 2000 with components of fewer samples than pixels');
  if (header.tiles > 65535) throw corrupt('JPEG 2000: too many tiles');
  jpeg2000Ends(codestream);
  return codestream;
}

/** The decoders cut signed values of up to eight bits at 0. Read as unsigned ones they have only their sign bit turned. */
function isShortSigned(packing: CodecPacking, codestream: Uint8Array): boolean {
  if (packing !== 'jpeg-2000' && packing !== 'htj2k') return false;
  const { signed, bits } = jpeg2000Header(codestream);
  return signed && bits <= 8;
}

function checkSize(
  stream: { readonly rows: number; readonly columns: number; readonly samples: number },
  { rows, columns, samples }: PixelDescription,
  name: string,
): void {
  if (stream.rows === rows && stream.columns === columns && stream.samples === samples) return;
  throw corrupt(
    `${name}: codestream size differs from Rows and Columns: ` +
      `${stream.rows} × ${stream.columns} × ${stream.samples}, not ${rows} × ${columns} × ${samples}`,
  );
}
function checkBits(bits: number, { bitsAllocated }: PixelDescription, name: string): void {
  if (bits > Math.max(8, bitsAllocated) || bitsAllocated > 32)
    throw corrupt(`${name}: codestream of ${bits} bits in BitsAllocated ${bitsAllocated}`);
  // Its decoders give words of 16.
  if (bits > 16) throw unsupported(`${name} with samples of ${bits} bits`);
}

/** Its decoders write samples as wide as we say; only as wide as the codestream has them are they all of its samples. */
async function dcmjsSamples(
  packing: 'jpeg' | 'jpeg-xl',
  codestream: Uint8Array,
  bitsAllocated: 8 | 16,
  description: PixelDescription,
): Promise<Uint8Array | Uint16Array> {
  const decoded = await pool.decode({ codec: packing, codestream, claimed: { ...description, bitsAllocated } });
  checkSize(decoded, description, NAMES[packing]);
  return bitsAllocated === 16 ? words(decoded.bytes) : decoded.bytes;
}

/** JPEG XL has its own colour transform and undoes it; samples of other than 8 or 16 bits come out stretched to these. */
async function jpegXlFrame(codestream: Uint8Array, description: PixelDescription): Promise<Frame> {
  const { bits } = jpegXlHeader(codestream);
  const width = bits > 8 ? 16 : 8;
  const values = await dcmjsSamples('jpeg-xl', codestream, width, description);
  const scale = (2 ** bits - 1) / (2 ** width - 1);
  if (bits < width) for (let at = 0; at < values.length; at += 1) values[at] = Math.round((values[at] ?? 0) * scale);
  const { signed, bitsStored, samples } = description;
  // The codestream has no sign. Unsigned values are not cut: a lossy one that rings beyond the brightest would be black.
  const frame = fromSamples(values, signed ? bitsStored : bits, description);
  return samples === 3 ? { ...frame, photometric: 'RGB' } : frame;
}

/** A signed image in JPEG has its sign where BitsStored says. Lossless JPEG of more bits holds them all as they were. */
async function jpegFrame(codestream: Uint8Array, description: PixelDescription): Promise<Frame> {
  const { bits, lossless } = jpegHeader(codestream);
  const values = await dcmjsSamples('jpeg', codestream, bits > 8 ? 16 : 8, description);
  const { bitsStored, signed } = description;
  const frame = fromSamples(values, Math.max(bits, bitsStored), description);
  if (bits > bitsStored && lossless) cutUnused(frame.data, { ...description, lowestBit: 0 });
  else if (bits > bitsStored && !signed) clamp(frame.data, bitsStored);
  return frame;
}

/** Ten bits in a lossy JPEG of twelve: what rings beyond the brightest value is not to come out as black. */
function clamp(data: Frame['data'], bitsStored: number): void {
  const most = 2 ** bitsStored - 1;
  for (let at = 0; at < data.length; at += 1) if ((data[at] ?? 0) > most) data[at] = most;
}

function words(bytes: Uint8Array): Uint16Array {
  const aligned = Uint8Array.from(bytes);
  return new Uint16Array(aligned.buffer, 0, aligned.length >> 1);
}
