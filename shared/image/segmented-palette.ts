import type { DataSet } from '@maskwright/dicom';
import { describeTable, type LookupTable, words } from './lookup-table.ts';
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
  const encoded = words(dataset, data);
  if (!described || !encoded) return undefined;
  const { length, first, bits } = described;
  const entries: number[] = [];
  expand(encoded, 0, Number.MAX_SAFE_INTEGER, length, entries, true);
  if (entries.length < length)
    throw corrupt(`palette shorter than declared: ${entries.length} of ${length} entries in its segments`);
  return { first, bits, entries: Uint16Array.from(entries.slice(0, length)) };
}

const DISCRETE = 0;
const LINEAR = 1;
const INDIRECT = 2;

/** Up to `count` segments from word `at`; an indirect one repeats others, which may not be indirect themselves. */
function expand(
  encoded: Uint16Array,
  at: number,
  count: number,
  most: number,
  entries: number[],
  mayRepeat: boolean,
): void {
  let from = at;
  for (let segment = 0; segment < count && from + 1 < encoded.length && entries.length < most; segment += 1) {
    const kind = encoded[from] ?? 0;
    const length = encoded[from + 1] ?? 0;
    if (kind === DISCRETE) {
      for (const value of encoded.subarray(from + 2, from + 2 + length)) entries.push(value);
      from += 2 + length;
    } else if (kind === LINEAR) {
      const start = entries.at(-1) ?? 0;
      const end = encoded[from + 2] ?? 0;
      for (let step = 1; step <= length; step += 1) entries.push(Math.round(start + ((end - start) * step) / length));
      from += 3;
    } else if (kind === INDIRECT && mayRepeat) {
      const offset = (encoded[from + 2] ?? 0) + (encoded[from + 3] ?? 0) * 65536;
      // The offset is in bytes, from the beginning.
      expand(encoded, offset >> 1, length, most, entries, false);
      from += 4;
    } else throw corrupt(`palette segment of kind ${kind}`);
  }
}
