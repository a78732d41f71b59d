import { inflateRawSync } from 'node:zlib';
import type { Instance } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import { decodeCodestream } from './codec/decode-codestream.ts';
import { describeChecked } from './describe-checked.ts';
import { decodeNative, nativeFrame, nativePlace } from './native.ts';
import { type PixelBytes, pixelBytesOf } from './pixel-bytes.ts';
import { corrupt, type PixelDescription, type PixelSource } from './pixel-description.ts';
import { decodeRle } from './rle.ts';
import type { Frame, SourceFrame } from './source.ts';
import { packingOf } from './transfer-syntax.ts';

/**
 * Raw stored values of one frame, before any LUT. A colour transform of JPEG 2000 or JPEG XL is undone by the codec, so
 * YBR_RCT and YBR_ICT come out as RGB; all else is as PhotometricInterpretation says.
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

/**
 * Decodes up to `most` frames, spread evenly over the object, only to see whether they can be.
 * @throws MaskwrightError as {@link decodeFrame}
 */
export async function probeFrames(source: PixelSource, most: number): Promise<void> {
  const { frames } = describeChecked(source);
  // Native frames are as good as their length, which has been judged.
  if (packingOf(source.transferSyntaxUID) === 'native') return;
  const step = Math.max(1, (frames - 1) / Math.max(1, most - 1));
  for (let at = 0; at < frames; at += step) await decodePixels(source, Math.round(at) + 1);
}

async function decodePixels(source: PixelSource, frameNumber: number): Promise<Frame> {
  const description = describeChecked(source);
  const { transferSyntaxUID } = source;
  const packing = packingOf(transferSyntaxUID);
  if (frameNumber < 1 || frameNumber > description.frames) throw corrupt(`there is no frame ${frameNumber}`);
  const pixels = pixelBytesOf(source);
  if (packing === 'native') return decodeNativeFrom(pixels, frameNumber - 1, description);
  const bytes = await pixels?.read(frameNumber - 1);
  if (!bytes || bytes.length === 0) throw corrupt(`frame ${frameNumber} is an empty frame`);
  if (packing === 'rle') return decodeRle(bytes, description);
  if (packing === 'deflated-frame') return decodeDeflated(bytes, description);
  return decodeCodestream(packing, bytes, description);
}

/** Only the bytes of this frame are read. */
async function decodeNativeFrom(
  pixels: PixelBytes | undefined,
  index: number,
  description: PixelDescription,
): Promise<Frame> {
  const total = pixels?.lengths[0] ?? 0;
  const { start, end } = nativePlace(index, total, description);
  const bytes = (await pixels?.read(0, start, end)) ?? new Uint8Array();
  return nativeFrame(bytes, index, total, description, pixels?.copies);
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
