import type { DataSet } from '@maskwright/dicom';
import { type LookupTable, lookUp, lookupTable } from './lookup-table.ts';
import { corrupt, type PixelDescription } from './pixel-description.ts';
import { segmentedTable } from './segmented-palette.ts';
import type { Frame, RgbImage } from './source.ts';

/** RGB from interleaved colour samples; YBR_RCT and YBR_ICT are RGB already, for the codec undid them. */
export function renderColour(frame: Frame, { bitsStored, photometric }: PixelDescription): RgbImage {
  const shift = Math.max(0, bitsStored - 8);
  const bytes = new Uint8ClampedArray(frame.data.length);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = (frame.data[at] ?? 0) >> shift;
  const full = photometric === 'YBR_FULL' || photometric === 'YBR_FULL_422';
  if (full) toRgb(bytes, 1, 0, 1);
  else if (photometric.startsWith('YBR_PARTIAL')) toRgb(bytes, 255 / 219, 16, 255 / 224);
  return { width: frame.columns, height: frame.rows, data: new Uint8Array(bytes.buffer) };
}

/** The inverse of the transform of PS3.3 C.7.6.3.1.2, in place. */
function toRgb(bytes: Uint8ClampedArray, gain: number, black: number, chroma: number): void {
  for (let at = 0; at + 2 < bytes.length; at += 3) {
    const y = ((bytes[at] ?? 0) - black) * gain;
    const cb = ((bytes[at + 1] ?? 0) - 128) * chroma;
    const cr = ((bytes[at + 2] ?? 0) - 128) * chroma;
    bytes[at] = y + 1.402 * cr;
    bytes[at + 1] = y - 0.344136 * cb - 0.714136 * cr;
    bytes[at + 2] = y + 1.772 * cb;
  }
}

export interface Palette {
  readonly red: LookupTable;
  readonly green: LookupTable;
  readonly blue: LookupTable;
}
/** @throws MaskwrightError PIXELS_CORRUPT where a table is missing or short */
export function paletteOf(dataset: DataSet, signed: boolean): Palette {
  const table = (colour: string): LookupTable => {
    const name = `${colour}PaletteColorLookupTable`;
    const found =
      lookupTable(dataset, `${name}Descriptor`, `${name}Data`, signed) ??
      segmentedTable(dataset, `${name}Descriptor`, `Segmented${name}Data`, signed);
    if (!found) throw corrupt('palette missing');
    if (found.bits < 1 || found.bits > 16) throw corrupt(`palette of ${found.bits} bits an entry`);
    return found;
  };
  return { red: table('Red'), green: table('Green'), blue: table('Blue') };
}

export function renderPalette(frame: Frame, dataset: DataSet, { signed }: PixelDescription): RgbImage {
  const { red, green, blue } = paletteOf(dataset, signed);
  const data = new Uint8Array(frame.rows * frame.columns * 3);
  // 8-bit entries in 16-bit tables occur under a descriptor that says 16: then nothing reaches beyond 255.
  const wide = red.bits > 8 && [red, green, blue].some(({ entries }) => entries.some((entry) => entry > 255));
  const shift = wide ? 8 : 0;
  for (let at = 0; at < frame.data.length; at += 1) {
    const value = frame.data[at] ?? 0;
    data[at * 3] = lookUp(red, value) >> shift;
    data[at * 3 + 1] = lookUp(green, value) >> shift;
    data[at * 3 + 2] = lookUp(blue, value) >> shift;
  }
  return { width: frame.columns, height: frame.rows, data };
}
