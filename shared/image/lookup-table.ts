import { type DataSet, numbers, tagOf } from '@maskwright/dicom';
import { corrupt } from './pixel-description.ts';

/** A lookup table (PS3.3 C.11.1.1.1): values below the first give the first entry, those beyond the last the last. */
export interface LookupTable {
  readonly first: number;
  readonly bits: number;
  readonly entries: Uint16Array;
}

/** @throws MaskwrightError PIXELS_CORRUPT where the table is shorter than its descriptor says */
export function lookupTable(
  dataset: DataSet,
  descriptor: string,
  data: string,
  signed: boolean,
): LookupTable | undefined {
  const described = describeTable(dataset, descriptor, signed);
  const encoded = words(dataset, data);
  if (!described || !encoded) return undefined;
  const { length, first, bits } = described;
  // One byte an entry occurs for tables of 8 bits (PS3.3 C.7.6.3.1.6).
  const entries = bits <= 8 && encoded.length * 2 <= length + 1 && encoded.length < length ? bytesOf(encoded) : encoded;
  if (entries.length < length)
    throw corrupt(`palette or LUT shorter than declared: ${entries.length} of ${length} entries`);
  return { first, bits, entries: entries.subarray(0, length) };
}

/** Number of entries, first value mapped and bits an entry (PS3.3 C.7.6.3.1.5). */
export function describeTable(
  dataset: DataSet,
  descriptor: string,
  signed: boolean,
): { readonly length: number; readonly first: number; readonly bits: number } | undefined {
  const [count, first, bits] = numbers(dataset, descriptor);
  if (count === undefined || first === undefined || bits === undefined) return undefined;
  const length = (count & 0xffff) === 0 ? 65536 : count & 0xffff;
  return { length, first: signed ? (first << 16) >> 16 : first & 0xffff, bits };
}

export function lookUp({ first, entries }: LookupTable, value: number): number {
  const index = Math.round(value) - first;
  return entries[index < 0 ? 0 : index >= entries.length ? entries.length - 1 : index] ?? 0;
}

/** Words of an element that is OW (binary) or US (numbers). */
export function words(dataset: DataSet, keyword: string): Uint16Array | undefined {
  const binary = dataset[tagOf(keyword)]?.InlineBinary;
  if (binary === undefined) {
    const values = numbers(dataset, keyword);
    return values.length > 0 ? Uint16Array.from(values) : undefined;
  }
  const bytes = Uint8Array.from(Buffer.from(binary, 'base64'));
  return new Uint16Array(bytes.buffer, 0, bytes.length >> 1);
}
/** Bytes of words, the low one first, a number each. */
export function bytesOf(encoded: Uint16Array): Uint16Array {
  return Uint16Array.from(new Uint8Array(encoded.buffer, encoded.byteOffset, encoded.byteLength));
}
