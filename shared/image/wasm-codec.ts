import { createRequire } from 'node:module';
import { corrupt } from './pixel-description.ts';

/** What a codestream was decoded to: interleaved samples as a decoder's memory has them, copied out. */
export interface DecodedCodestream {
  readonly values: Uint8Array | Uint16Array;
  readonly columns: number;
  readonly rows: number;
  readonly samples: number;
  readonly bits: number;
  readonly planar: boolean;
}
export interface WasmCodec {
  decode(codestream: Uint8Array): Promise<DecodedCodestream>;
}

/** The decoders of the cornerstonejs codecs (Emscripten classes), as far as they are used here. */
interface Decoder {
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  decode(): unknown;
  getFrameInfo(): { width: number; height: number; bitsPerSample: number; componentCount: number };
  getInterleaveMode?(): number;
  delete(): void;
}
type Module = Readonly<Record<string, new () => Decoder>>;
type ModuleFactory = (options: Readonly<Record<string, unknown>>) => Promise<Module>;

/**
 * A decoder in WebAssembly. Its module has one memory and one state, so decoding is one at a time; a module that failed
 * may be broken in any way and is replaced by a new one.
 */
export function wasmCodec(specifier: string, className: string): WasmCodec {
  let module: Promise<Module> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const attempt = async (codestream: Uint8Array): Promise<DecodedCodestream> => {
    module ??= load(specifier);
    try {
      return run(await module, className, codestream);
    } catch (cause) {
      module = undefined;
      throw corrupt(`${className.replace('Decoder', '')} codestream cannot be decoded`, cause);
    }
  };
  return {
    decode(codestream) {
      const turn = last.then(() => attempt(codestream));
      last = turn.catch(() => undefined);
      return turn;
    },
  };
}

async function load(specifier: string): Promise<Module> {
  const factory: ModuleFactory = createRequire(import.meta.url)(specifier);
  const silent = (): void => undefined;
  return factory({ print: silent, printErr: silent });
}

function run(module: Module, className: string, codestream: Uint8Array): DecodedCodestream {
  const DecoderClass = module[className];
  if (!DecoderClass) throw new TypeError(`no ${className}`);
  const decoder = new DecoderClass();
  decoder.getEncodedBuffer(codestream.length).set(codestream);
  decoder.decode();
  const { width, height, bitsPerSample, componentCount } = decoder.getFrameInfo();
  const bytes = Uint8Array.from(decoder.getDecodedBuffer());
  const planar = decoder.getInterleaveMode?.() === 0 && componentCount > 1;
  decoder.delete();
  return {
    values: bitsPerSample > 8 ? new Uint16Array(bytes.buffer, 0, bytes.length >> 1) : bytes,
    columns: width,
    rows: height,
    samples: componentCount,
    bits: bitsPerSample,
    planar,
  };
}
