import {
  datasetOf,
  type SeriesInstanceUID,
  type SOPInstanceUID,
  type StudyInstanceUID,
  uidFromDigest,
} from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import { MOST_PIXELS, type RgbImage, renderRgb, type SourceImage } from '@maskwright/image';
import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { orientationIn, turned, UPRIGHT } from './exif-orientation.ts';
import { isJpeg, isPng } from './picture-kind.ts';
import { mustBeSmall } from './picture-size.ts';

/**
 * A PNG or JPEG as if it were a secondary capture (RGB, 8 bit) without any attribute of a patient, so that pictures go
 * through the same pipeline as DICOM; as viewers show it.
 * @throws MaskwrightError PICTURE_INVALID naming the file
 */
export function pictureSource(bytes: Uint8Array, file: string): SourceImage {
  return rgbSource(decodePicture(bytes, file).shown, Buffer.from(bytes).toString('base64'));
}

/** @param digest what the UIDs are made from: the same words give the same UIDs */
export function rgbSource({ width, height, data: rgb }: RgbImage, digest: string): SourceImage {
  const dataset = datasetOf({
    Modality: 'OT',
    Rows: height,
    Columns: width,
    SamplesPerPixel: 3,
    PhotometricInterpretation: 'RGB',
    PlanarConfiguration: 0,
    BitsAllocated: 8,
    BitsStored: 8,
    HighBit: 7,
    PixelRepresentation: 0,
  });
  const instance = {
    dataset,
    transferSyntaxUID: '1.2.840.10008.1.2.1',
    sopClassUID: '1.2.840.10008.5.1.4.1.1.7',
    studyInstanceUID: uidFromDigest<StudyInstanceUID>('study', digest),
    seriesInstanceUID: uidFromDigest<SeriesInstanceUID>('series', digest),
    sopInstanceUID: uidFromDigest<SOPInstanceUID>('instance', digest),
    pixelData: [rgb],
  };
  return {
    rows: height,
    columns: width,
    frames: [{ instance, frameNumber: 1 }],
    volume: false,
    multiframe: false,
    dataset,
    warnings: [],
  };
}

/** A picture that viewers may turn before they show it; both are one where they do not. */
export interface Picture {
  readonly shown: RgbImage;
  readonly stored: RgbImage;
}

/** A PNG or JPEG as 8-bit RGB. @throws MaskwrightError PICTURE_INVALID naming the file */
export function decodePicture(bytes: Uint8Array, file: string): Picture {
  if (!isPng(bytes) && !isJpeg(bytes)) throw new MaskwrightError('PICTURE_INVALID', `${file} is no PNG or JPEG`);
  if (isPng(bytes)) mustBeSmall(bytes, file, 'PICTURE_INVALID');
  try {
    return isPng(bytes) ? decodePng(bytes) : decodeJpeg(bytes);
  } catch (cause) {
    if (cause instanceof Error && JPEG_TOO_LARGE.test(cause.message))
      throw new MaskwrightError(
        'PICTURE_INVALID',
        `${file} is too large: more than ${MOST_PIXELS} pixels, or ${MOST_OF_JPEG.maxMemoryUsageInMB} MiB to decode it`,
        { cause },
      );
    throw new MaskwrightError('PICTURE_INVALID', `${file} cannot be decoded`, { cause });
  }
}

function decodePng(bytes: Uint8Array): Picture {
  const image = isDeepGrey(bytes) ? deepGrey(bytes) : withoutAlpha(PNG.sync.read(Buffer.from(bytes)));
  return { shown: image, stored: image };
}

function decodeJpeg(bytes: Uint8Array): Picture {
  const decoded = jpeg.decode(bytes, { useTArray: true, formatAsRGBA: true, ...MOST_OF_JPEG });
  const stored = withoutAlpha(decoded);
  // What follows "Exif" and a first zero byte; the second one stands before the TIFF header.
  const exif =
    'exifBuffer' in decoded && decoded.exifBuffer instanceof Uint8Array ? decoded.exifBuffer.subarray(1) : [];
  const orientation = orientationIn(Uint8Array.from(exif));
  return { stored, shown: orientation === UPRIGHT ? stored : turned(stored, orientation) };
}

function withoutAlpha({ width, height, data }: RgbImage): RgbImage {
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) rgb[i * 3 + c] = data[i * 4 + c] ?? 0;
  }
  return { width, height, data: rgb };
}

/** The decoder judges the frame's header before it allocates anything. */
const MOST_OF_JPEG = { maxResolutionInMP: MOST_PIXELS / 1e6, maxMemoryUsageInMB: 1024 } as const;
/** How it says that one of them is passed: its errors have no code. */
const JPEG_TOO_LARGE = /^max(Resolution|MemoryUsage)In\w+ limit exceeded/;

/** Whether a PNG's header says 16 bits a sample, and no colour (PNG, section 11.2.2). */
function isDeepGrey(bytes: Uint8Array): boolean {
  return bytes[24] === 16 && (bytes[25] === 0 || bytes[25] === 4);
}

/** Detectors seldom fill 16 bits: it is shown in the range of its own values, as DICOM without a window. */
function deepGrey(bytes: Uint8Array): RgbImage {
  const { width, height, data } = PNG.sync.read(Buffer.from(bytes), { skipRescale: true });
  const frame = {
    rows: height,
    columns: width,
    samples: 1 as const,
    data: Uint16Array.from({ length: width * height }, (_, i) => data[4 * i] ?? 0),
  };
  return renderRgb(frame, datasetOf({ Rows: height, Columns: width, BitsAllocated: 16, BitsStored: 16 }));
}
