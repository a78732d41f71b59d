import { inflateRawSync } from 'node:zlib';
import type { Instance } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import { parseJpeg } from './jpeg/codestream.ts';
import { decodeDct } from './jpeg/dct.ts';
import { decodeLossless } from './jpeg/lossless.ts';
import { jpeg2000Codestream, jpeg2000Header } from './jpeg2000-header.ts';
import { decodeNative, nativeLength } from './native.ts';
import { corrupt, describePixels, type PixelDescription, type PixelSource, unsupported } from './pixel-description.ts';
import { decodeRle } from './rle.ts';
import type { Frame, SourceFrame } from './source.ts';
import { fromSamples, interleaveSamples } from './stored-values.ts';
import { type DecodedCodestream, type WasmCodec, wasmCodec } from './wasm-codec.ts';

/**
 * Raw stored values of one frame, before any LUT. A JPEG 2000 colour transform is undone by the codec, so YBR_RCT and
 * YBR_ICT come out as RGB; all else is as PhotometricInterpretation says.
 * @throws MaskwrightError PIXELS_UNSUPPORTED, PIXELS_CORRUPT, NO_PIXEL_DATA, DICOM_MISSING
 */
export function decodeFrame(source: Pick<SourceFrame, 'instance' | 'frameNumber'>): Promise<Frame> {
  return decodePixels(source.instance, source.frameNumber);
}

/** All frames of an instance, one after another: at any time one frame is held. */
export async function* decodeInstance(instance: Instance): AsyncIterable<Frame> {
  yield* decodeAll(instance);
}
/** As {@link decodeInstance}, for objects whose identifiers have not been judged. */
export async function* decodeAll(source: PixelSource): AsyncIterable<Frame> {
  const { frames } = describeChecked(source);
  for (let frameNumber = 1; frameNumber <= frames; frameNumber += 1) yield await decodePixels(source, frameNumber);
}

const NATIVE = new Set(['1.2.840.10008.1.2', '1.2.840.10008.1.2.1', '1.2.840.10008.1.2.1.99', '1.2.840.10008.1.2.2']);
const RLE = '1.2.840.10008.1.2.5';
const DEFLATED_FRAME = '1.2.840.10008.1.2.8.1';
const JPEG = /^1\.2\.840\.10008\.1\.2\.4\.(50|51|53|55|57|70)$/;
const JPEG_LS = /^1\.2\.840\.10008\.1\.2\.4\.8[01]$/;
const JPEG_2000 = /^1\.2\.840\.10008\.1\.2\.4\.9[01]$/;
const HTJ2K = /^1\.2\.840\.10008\.1\.2\.4\.20[123]$/;
const VIDEO = /^1\.2\.840\.10008\.1\.2\.4\.10\d(\.1)?$/;
const charls = wasmCodec('@cornerstonejs/codec-charls/decodewasmjs', 'JpegLSDecoder');
const openjpeg = wasmCodec('@cornerstonejs/codec-openjpeg/decodewasmjs', 'J2KDecoder');
const openjph = wasmCodec('@cornerstonejs/codec-openjph/wasmjs', 'HTJ2KDecoder');

export function isNative({ transferSyntaxUID }: PixelSource): boolean {
  return NATIVE.has(transferSyntaxUID);
}

/**
 * The description of an object's pixels, as far as it can be checked without decoding them.
 * @throws MaskwrightError as {@link decodeFrame}
 */
export function describeChecked(source: PixelSource): PixelDescription {
  if (!source.pixelData || source.pixelData.length === 0) throw new MaskwrightError('NO_PIXEL_DATA', 'no PixelData');
  const description = describePixels(source.dataset);
  const syntax = source.transferSyntaxUID;
  if (VIDEO.test(syntax)) throw unsupported(`transfer syntax not supported: video (${syntax})`);
  const known =
    NATIVE.has(syntax) ||
    syntax === RLE ||
    syntax === DEFLATED_FRAME ||
    [JPEG, JPEG_LS, JPEG_2000, HTJ2K].some((one) => one.test(syntax));
  if (!known)
    throw unsupported(`transfer syntax not supported: ${/^[\d.]{1,64}$/.test(syntax) ? syntax : 'it is no UID'}`);
  checkAmount(source.pixelData, NATIVE.has(syntax), description);
  return description;
}

function checkAmount(pixelData: readonly Uint8Array[], native: boolean, description: PixelDescription): void {
  const { frames } = description;
  if (!native) {
    if (pixelData.length < frames) throw corrupt(`fewer frames than declared: ${pixelData.length} of ${frames}`);
    return;
  }
  const needed = nativeLength(description);
  const there = pixelData[0]?.length ?? 0;
  if (there < needed) throw corrupt(`PixelData shorter than declared: ${there} of ${needed} bytes`);
}

async function decodePixels(source: PixelSource, frameNumber: number): Promise<Frame> {
  const description = describeChecked(source);
  const syntax = source.transferSyntaxUID;
  const { pixelData = [] } = source;
  if (frameNumber < 1 || frameNumber > description.frames) throw corrupt(`there is no frame ${frameNumber}`);
  if (NATIVE.has(syntax)) return decodeNative(pixelData[0] ?? new Uint8Array(), frameNumber - 1, description);
  const bytes = pixelData[frameNumber - 1];
  if (!bytes || bytes.length === 0) throw corrupt(`frame ${frameNumber} is an empty frame`);
  if (syntax === RLE) return decodeRle(bytes, description);
  if (syntax === DEFLATED_FRAME) return decodeDeflated(bytes, description);
  if (JPEG.test(syntax)) return decodeJpeg(bytes, description);
  if (JPEG_LS.test(syntax)) return decodeJpegLs(bytes, description);
  return decodeJpeg2000(bytes, HTJ2K.test(syntax) ? openjph : openjpeg, description);
}

function decodeDeflated(bytes: Uint8Array, description: PixelDescription): Frame {
  const { rows, columns, samples, bitsAllocated } = description;
  try {
    const inflated = inflateRawSync(bytes, {
      maxOutputLength: Math.ceil((rows * columns * samples * bitsAllocated) / 8) + 1,
    });
    return decodeNative(inflated, 0, description);
  } catch (cause) {
    throw cause instanceof MaskwrightError ? cause : corrupt('cannot inflate the frame', cause);
  }
}

function decodeJpeg(bytes: Uint8Array, description: PixelDescription): Frame {
  const codestream = parseJpeg(bytes);
  const { frame } = codestream;
  checkSize({ ...frame, samples: frame.components.length }, description, 'JPEG');
  if (frame.kind === 'jpeg-ls') throw corrupt('JPEG-LS where JPEG belongs');
  if (frame.kind === 'lossless')
    return fromSamples(decodeLossless(bytes, codestream), lowBits(frame.precision, description), description);
  if (frame.precision !== 8 && frame.precision !== 12) throw unsupported(`JPEG of ${frame.precision} bits`);
  return fromSamples(decodeDct(bytes, codestream), lowBits(frame.precision, description), description);
}
/** A signed image in JPEG, which knows no sign, has its sign where BitsStored says. */
function lowBits(precision: number, { bitsStored, signed }: PixelDescription): number {
  return signed ? Math.max(precision, bitsStored) : precision;
}

async function decodeJpegLs(bytes: Uint8Array, description: PixelDescription): Promise<Frame> {
  const { frame } = parseJpeg(bytes);
  if (frame.kind !== 'jpeg-ls') throw corrupt('no JPEG-LS codestream');
  checkSize({ ...frame, samples: frame.components.length }, description, 'JPEG-LS');
  return frameOf(await charls.decode(bytes), description, 'JPEG-LS');
}

async function decodeJpeg2000(bytes: Uint8Array, codec: WasmCodec, description: PixelDescription): Promise<Frame> {
  const codestream = jpeg2000Codestream(bytes);
  const header = jpeg2000Header(codestream);
  checkSize(header, description, 'JPEG 2000');
  if (header.tiles > 65535) throw corrupt('JPEG 2000: too many tiles');
  return frameOf(await codec.decode(codestream), description, 'JPEG 2000');
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

function frameOf(decoded: DecodedCodestream, description: PixelDescription, name: string): Frame {
  checkSize(decoded, description, name);
  const { values } = decoded;
  const interleaved = decoded.planar ? interleaveSamples(values) : values;
  return fromSamples(interleaved, decoded.bits, description);
}
