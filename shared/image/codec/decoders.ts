import { createRequire } from 'node:module';
import type { ClaimedFrame, CodecName, DecodedCodestream, DecodeRequest } from './message.ts';

type Decode = (codestream: Uint8Array, claimed: ClaimedFrame) => DecodedCodestream;

/**
 * Decoders in WebAssembly, loaded when first asked for. Runs in the process of `process.ts` only: a codestream may make
 * any of them loop, fill its memory or break.
 */
export async function decodeCodestream({ codec, codestream, claimed }: DecodeRequest): Promise<DecodedCodestream> {
  const decode = loaded[codec] ?? LOADERS[codec]();
  loaded[codec] = decode;
  return (await decode)(codestream, claimed);
}

const require = createRequire(import.meta.url);
const loaded: Partial<Record<CodecName, Promise<Decode>>> = {};
const LOADERS: Readonly<Record<CodecName, () => Promise<Decode>>> = {
  jpeg: () => dcmjsCodec('decodeJpeg'),
  'jpeg-xl': () => dcmjsCodec('decodeJpegXl'),
  'jpeg-ls': () => cornerstoneCodec('@cornerstonejs/codec-charls/decodewasmjs', 'JpegLSDecoder'),
  'jpeg-2000': () => cornerstoneCodec('@cornerstonejs/codec-openjpeg/decodewasmjs', 'J2KDecoder'),
  htj2k: () => cornerstoneCodec('@cornerstonejs/codec-openjph/wasmjs', 'HTJ2KDecoder'),
};

/** The decoders of the cornerstonejs codecs (Emscripten classes), as far as they are used here. */
interface CornerstoneDecoder {
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  decode(): unknown;
  getFrameInfo(): { width: number; height: number; bitsPerSample: number; componentCount: number };
  getInterleaveMode?(): number;
  delete(): void;
}
type EmscriptenFactory = (
  options: Readonly<Record<string, unknown>>,
) => Promise<Readonly<Record<string, new () => CornerstoneDecoder>>>;

async function cornerstoneCodec(specifier: string, className: string): Promise<Decode> {
  const factory: EmscriptenFactory = require(specifier);
  let complaint: string | undefined;
  const listen = (line: string): void => {
    if (/\berror\b/i.test(line)) complaint ??= line.replace(/^\[ERROR\] /, '');
  };
  const Decoder = (await factory({ print: listen, printErr: listen }))[className];
  if (!Decoder) throw new TypeError(`no ${className} in ${specifier}`);
  return (codestream) => {
    complaint = undefined;
    const decoder = new Decoder();
    decoder.getEncodedBuffer(codestream.length).set(codestream);
    decoder.decode();
    const { width, height, bitsPerSample, componentCount } = decoder.getFrameInfo();
    // They print what was wrong, and then say that they are done.
    if (complaint !== undefined || width === 0) throw new Error(complaint ?? 'the decoder refuses it');
    const bytes = Uint8Array.from(decoder.getDecodedBuffer());
    const planar = decoder.getInterleaveMode?.() === 0 && componentCount > 1;
    decoder.delete();
    return { bytes, columns: width, rows: height, samples: componentCount, bits: bitsPerSample, planar };
  };
}

type DcmjsDecode = 'decodeJpeg' | 'decodeJpegXl';

/** What libjpeg says where it fills in what is missing; bytes too many before a marker, or odd parameters, do no harm. */
const DAMAGE = /premature end|Corrupt JPEG data: (?!\d+ extraneous)/i;

/** dcmjs-codecs gives values as wide as BitsAllocated, without any colour transform but that of JPEG XL. */
async function dcmjsCodec(name: DcmjsDecode): Promise<Decode> {
  const { Context, log, NativeCodecs }: typeof import('dcmjs-codecs') = require('dcmjs-codecs');
  if (!NativeCodecs.isInitialized()) await NativeCodecs.initializeAsync({ logCodecsInfo: true });
  let complaint: string | undefined;
  log.info = (line: string) => {
    if (DAMAGE.test(line)) complaint ??= line.slice(line.lastIndexOf('::') + 2);
  };
  return (codestream, claimed) => {
    complaint = undefined;
    const { rows, columns, samples, bitsAllocated, bitsStored, signed, photometric } = claimed;
    const decoded = NativeCodecs[name](
      new Context({
        width: columns,
        height: rows,
        bitsAllocated,
        bitsStored,
        samplesPerPixel: samples,
        pixelRepresentation: signed ? 1 : 0,
        planarConfiguration: 0,
        photometricInterpretation: photometric,
        encodedBuffer: codestream,
      }),
    );
    if (complaint !== undefined) throw new Error(complaint);
    return {
      bytes: decoded.getDecodedBuffer() ?? new Uint8Array(),
      columns: decoded.getWidth() ?? 0,
      rows: decoded.getHeight() ?? 0,
      samples: decoded.getSamplesPerPixel() ?? 0,
      bits: decoded.getBitsAllocated() ?? 0,
      planar: decoded.getPlanarConfiguration() === 1,
    };
  };
}
