import { type Instance, number } from '@maskwright/dicom';
import type { OutgoingPart } from './send-multipart.ts';

/** A frame (1-based) as it is stored: native bytes, or its codestream with the transfer syntax beside it. */
export function frameOf(instance: Instance, frame: number): OutgoingPart | undefined {
  const { pixelData, transferSyntaxUID, dataset } = instance;
  const [whole] = pixelData ?? [];
  if (!whole || !Number.isInteger(frame) || frame < 1) return undefined;
  const frames = number(dataset, 'NumberOfFrames') ?? 1;
  if (frame > frames) return undefined;
  if (!isNative(transferSyntaxUID)) {
    const body = pixelData?.[frame - 1];
    return body && { type: `application/octet-stream; transfer-syntax=${transferSyntaxUID}`, body };
  }
  const size = Math.floor(nativeBytes(instance) / frames) || Math.floor(whole.length / frames);
  return { type: 'application/octet-stream', body: whole.subarray((frame - 1) * size, frame * size) };
}

/** Bytes of all frames without the padding of the element. */
function nativeBytes({ dataset }: Instance): number {
  const [rows, columns, samples, bits, frames] = [
    'Rows',
    'Columns',
    'SamplesPerPixel',
    'BitsAllocated',
    'NumberOfFrames',
  ].map((keyword) => number(dataset, keyword) ?? 1);
  return ((rows ?? 0) * (columns ?? 0) * (samples ?? 1) * (bits ?? 0) * (frames ?? 1)) / 8;
}

/** PS3.5 annex A: implicit and explicit little endian, deflated, big endian. */
function isNative(transferSyntaxUID: string): boolean {
  return ['1.2.840.10008.1.2', '1.2.840.10008.1.2.1', '1.2.840.10008.1.2.1.99', '1.2.840.10008.1.2.2'].includes(
    transferSyntaxUID,
  );
}
