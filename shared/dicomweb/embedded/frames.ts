import { type Instance, number } from '@maskwright/dicom';
import type { OutgoingPart } from './send-multipart.ts';

/** PS3.5 annex A: implicit and explicit little endian, deflated, big endian; read into little endian. */
const NATIVE = ['1.2.840.10008.1.2', '1.2.840.10008.1.2.1', '1.2.840.10008.1.2.1.99', '1.2.840.10008.1.2.2'];

/** Media types of codestreams by transfer syntax (PS3.18 section 8.7.3.3). */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '1.2.840.10008.1.2.5': 'image/dicom-rle',
  '1.2.840.10008.1.2.4.50': 'image/jpeg',
  '1.2.840.10008.1.2.4.51': 'image/jpeg',
  '1.2.840.10008.1.2.4.57': 'image/jpeg',
  '1.2.840.10008.1.2.4.70': 'image/jpeg',
  '1.2.840.10008.1.2.4.80': 'image/jls',
  '1.2.840.10008.1.2.4.81': 'image/jls',
  '1.2.840.10008.1.2.4.90': 'image/jp2',
  '1.2.840.10008.1.2.4.91': 'image/jp2',
  '1.2.840.10008.1.2.4.92': 'image/jpx',
  '1.2.840.10008.1.2.4.93': 'image/jpx',
  '1.2.840.10008.1.2.4.201': 'image/jphc',
  '1.2.840.10008.1.2.4.202': 'image/jphc',
  '1.2.840.10008.1.2.4.203': 'image/jphc',
};

/**
 * A frame (1-based) as it is stored: native bytes, or its codestream with its media type and transfer syntax. Undefined
 * where there is no such frame.
 */
export function frameOf(instance: Instance, frame: number): OutgoingPart | undefined {
  const { pixelData = [], transferSyntaxUID, dataset } = instance;
  const frames = number(dataset, 'NumberOfFrames') ?? 1;
  if (!Number.isInteger(frame) || frame < 1 || frame > frames) return undefined;
  if (isNative(instance)) {
    const [whole] = pixelData;
    return whole && { type: 'application/octet-stream', body: nativeFrame(whole, dataset, frame, frames) };
  }
  const body = pixelData[frame - 1];
  const type = MEDIA_TYPES[transferSyntaxUID] ?? 'application/octet-stream';
  return body && { type: `${type}; transfer-syntax=${transferSyntaxUID}`, body };
}

/**
 * Whether the client takes the frames as they are stored. Octets without a transfer syntax mean native ones (PS3.18 section
 * 8.7.3.3): a codestream would be taken for pixels.
 */
export function isAcceptable(accept: string | undefined, instance: Instance): boolean {
  if (isNative(instance) || accept === undefined) return true;
  const wanted = ['*', instance.transferSyntaxUID];
  return /\*\/\*|image\//.test(accept) || syntaxes(accept).some((syntax) => wanted.includes(syntax));
}

function syntaxes(accept: string): string[] {
  return [...accept.matchAll(/transfer-syntax="?(\*|[0-9.]+)/gi)].map(([, syntax = '']) => syntax);
}

function isNative({ transferSyntaxUID }: Instance): boolean {
  return NATIVE.includes(transferSyntaxUID);
}

/** The element may be padded by a byte, and frames of single bits follow each other within a byte (PS3.5 section 8.1.1). */
function nativeFrame(whole: Uint8Array, dataset: Instance['dataset'], frame: number, frames: number): Uint8Array {
  const count = (keyword: string, otherwise: number) => number(dataset, keyword) ?? otherwise;
  const bits = count('Rows', 0) * count('Columns', 0) * count('SamplesPerPixel', 1) * count('BitsAllocated', 0);
  const said = Math.ceil((bits * frames) / 8);
  if (said === 0 || whole.length < said) {
    const size = Math.floor(whole.length / frames);
    return whole.subarray((frame - 1) * size, frame * size);
  }
  const start = (frame - 1) * bits;
  return start % 8 === 0 && bits % 8 === 0
    ? whole.subarray(start / 8, (start + bits) / 8)
    : cutBits(whole, start, bits);
}

function cutBits(whole: Uint8Array, start: number, bits: number): Uint8Array {
  const cut = new Uint8Array(Math.ceil(bits / 8));
  for (let i = 0; i < bits; i++) {
    const bit = ((whole[(start + i) >> 3] ?? 0) >> ((start + i) & 7)) & 1;
    cut[i >> 3] = (cut[i >> 3] ?? 0) | (bit << (i & 7));
  }
  return cut;
}
