import { MaskwrightError } from '@maskwright/errors';
import type { Mask } from '@maskwright/image';
import { PNG } from 'pngjs';
import { mustBeSmall } from './picture-size.ts';

/** By the first two bytes of the signature (PNG, section 5.2). */
export function isPng(bytes: Uint8Array): boolean {
  return bytes[0] === 0x89 && bytes[1] === 0x50;
}

/**
 * A mask of one plane: above the half of the largest value, so that masks of 0 and 1 are read as well as those of 0 and 255.
 * @throws MaskwrightError PIXELS_CORRUPT, PIXELS_UNSUPPORTED naming the file
 */
export function maskOfPng(bytes: Uint8Array, file: string): Mask {
  const { width, height, data } = readPng(bytes, file);
  const values = Uint16Array.from({ length: width * height }, (_, i) =>
    Math.max(data[4 * i] ?? 0, data[4 * i + 1] ?? 0, data[4 * i + 2] ?? 0),
  );
  const most = values.reduce((max, value) => Math.max(max, value), 0);
  return {
    frames: 1,
    rows: height,
    columns: width,
    data: Uint8Array.from(values, (value) => Number(value > most / 2)),
  };
}

/** Values as they are stored: scaled to 8 bits, a 16-bit mask of 0 and 1 would be all 0. */
function readPng(bytes: Uint8Array, file: string) {
  if (!isPng(bytes)) throw new MaskwrightError('PIXELS_UNSUPPORTED', `${file} is no PNG`);
  mustBeSmall(bytes, file);
  try {
    return PNG.sync.read(Buffer.from(bytes), { skipRescale: true });
  } catch (cause) {
    throw new MaskwrightError('PIXELS_CORRUPT', `${file} cannot be decoded`, { cause });
  }
}
