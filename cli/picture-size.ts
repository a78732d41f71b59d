import { type ErrorCode, MaskwrightError } from '@maskwright/errors';
import { MOST_PIXELS } from '@maskwright/image';

/** Signature, then the length and name of IHDR, then width and height (PNG, section 11.2.2). */
const PNG_WIDTH = 16;
const PNG_HEIGHT = 20;

/**
 * Judges a PNG by its header, before anything is decoded: it may have as many pixels as a DICOM image.
 * @throws MaskwrightError of this code, naming the file
 */
export function mustBeSmall(bytes: Uint8Array, file: string, code: ErrorCode): void {
  if (bytes.length < PNG_HEIGHT + 4) return;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [width, height] = [view.getUint32(PNG_WIDTH), view.getUint32(PNG_HEIGHT)];
  if (width * height > MOST_PIXELS)
    throw new MaskwrightError(code, `${file} is ${width} × ${height} pixels, more than ${MOST_PIXELS}`);
}
