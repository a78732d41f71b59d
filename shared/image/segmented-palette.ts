import type { DataSet } from '@maskwright/dicom';
import { bytesOf, describeTable, type LookupTable, words } from './lookup-table.ts';
import { corrupt } from './pixel-description.ts';

/**
 * A palette told in segments (PS3.3 C.7.9.2): runs of entries, straight lines, and segments told before.
 * @throws MaskwrightError PIXELS_CORRUPT where the segments do not fill the table
 */
export function segmentedTable(
  dataset: DataSet,
  descriptor: string,
  data: string,
  signed: boolean,
): LookupTable | undefined {
  const described = describeTable(dataset, descriptor, signed);
  const stored = words(dataset, data);
  if (!described || !stored) return undefined;
  const { length, first, bits } = described;
  const segments: Segments = bits <= 8 ? { units: bytesOf(stored), width: 1 } : { units: stored, width: 2 };
  const entries: number[] = [];
  expand(segments, 0, Number.MAX_SAFE_INTEGER, length, entries, true);
  if (entries.length < length)
    throw corrupt(`palette shorter than declared: ${entries.length} of ${length} entries in its segments`);
  return { first, bits, entries: Uint16Array.from(entries.slice(0, length)) };
}

/** Segments in units as wide as an entry of the palette: of a byte, or of a word (little-endian). */
interface Segments {
  readonly units: Uint16Array;
  readonly width: 1 | 2;
}

const DISCRETE = 0;
const LINEAR = 1;
const INDIRECT = 2;

/** Up to `count` segments from unit `at`; an indirect one repeats others, which may not be indirect themselves. */
function expand(
  encoded: Segments,
  at: number,
  count: number,
  most: number,
  entries: number[],
  mayRepeat: boolean,
): void {
  const { units, width } = encoded;
  let from = at;
  for (let segment = 0; segment < count && from + 1 < units.length && entries.length < most; segment += 1) {
    const kind = units[from] ?? 0;
    const length = units[from + 1] ?? 0;
    if (kind === DISCRETE) {
      for (const value of units.subarray(from + 2, from + 2 + length)) entries.push(value);
      from += 2 + length;
    } else if (kind === LINEAR) {
      const start = entries.at(-1) ?? 0;
      const end = units[from + 2] ?? 0;
      for (let step = 1; step <= length; step += 1) entries.push(Math.round(start + ((end - start) * step) / length));
      from += 3;
    } else if (kind === INDIRECT && mayRepeat) {
      const parts = units.subarray(from + 2, from + 2 + 4 / width);
      // Four bytes: how many bytes from the beginning.
      const offset = parts.reduce((sum, part, place) => sum + part * 2 ** (8 * width * place), 0);
      expand(encoded, Math.floor(offset / width), length, most, entries, false);
      from += 2 + parts.length;
    } else throw corrupt(`palette segment of kind ${kind}`);
  }
}
