import type { RgbImage } from '@maskwright/image';

/** How a camera was held, by Orientation (tag 0112H; EXIF 2.32, section 4.6.4): 1 upright, 2 to 8 mirrored or turned. */
export type Orientation = number;
export const UPRIGHT = 1;

const ORIENTATION = 0x0112;
const SHORT = 3;
const ENTRY_BYTES = 12;

/** @param tiff the TIFF header and what follows, of the Exif segment of a JPEG. @returns upright where it does not tell */
export function orientationIn(tiff: Uint8Array): Orientation {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  if (tiff.length < 8) return UPRIGHT;
  const little = view.getUint16(0) === 0x4949;
  const directory = view.getUint32(4, little);
  if (directory + 2 > tiff.length) return UPRIGHT;
  const entries = view.getUint16(directory, little);
  for (let n = 0; n < entries; n++) {
    const entry = directory + 2 + n * ENTRY_BYTES;
    if (entry + ENTRY_BYTES > tiff.length) break;
    if (view.getUint16(entry, little) !== ORIENTATION || view.getUint16(entry + 2, little) !== SHORT) continue;
    const value = view.getUint16(entry + 8, little);
    return value >= 1 && value <= 8 ? value : UPRIGHT;
  }
  return UPRIGHT;
}

/** The picture as viewers show it. */
export function turned({ width, height, data }: RgbImage, orientation: Orientation): RgbImage {
  const swaps = orientation >= 5;
  const fromRight = [2, 3, 7, 8].includes(orientation);
  const fromBottom = [3, 4, 6, 7].includes(orientation);
  const [columns, rows] = swaps ? [height, width] : [width, height];
  const result = new Uint8Array(data.length);
  let to = 0;
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const [across, down] = swaps ? [y, x] : [x, y];
      const column = fromRight ? width - 1 - across : across;
      const row = fromBottom ? height - 1 - down : down;
      const from = 3 * (row * width + column);
      for (let channel = 0; channel < 3; channel++) result[to++] = data[from + channel] ?? 0;
    }
  }
  return { width: columns, height: rows, data: result };
}
