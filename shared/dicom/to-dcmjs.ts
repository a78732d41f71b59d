import type { RawElement } from 'dcmjs';
import { keywordOf, openVrOf, tagOf, vrOf } from './dictionary.ts';
import type { KeywordValue, KeywordValues } from './part10.ts';
import { BINARY_WIDTH } from './value-representation.ts';

/**
 * VR of each element: where PS3.6 leaves it open, the pixel description of the whole object (`root`) decides, and of
 * numbers also their sign: a presentation state has tables (PS3.3 C.11.1, C.11.2) and no pixels.
 */
export function vrFor(tag: string, root: KeywordValues, value: KeywordValue = []): string {
  const open = openVrOf(tag);
  // PS3.5 A.2: OW for more than 8 bits allocated; OB here for 8 and less.
  if (open === 'binary') return typeof root.BitsAllocated === 'number' && root.BitsAllocated <= 8 ? 'OB' : 'OW';
  if (open === 'short') {
    const isSigned = root.PixelRepresentation === 1 || listOf(value).some((one) => typeof one === 'number' && one < 0);
    return isSigned ? 'SS' : 'US';
  }
  return vrOf(tag);
}

/** A value as a list: one value, many, or none. */
export function listOf(
  value: KeywordValue,
): readonly (string | number | Uint8Array | Uint16Array | Int16Array | KeywordValues)[] {
  if (ArrayBuffer.isView(value)) return [value];
  if (Array.isArray(value)) return value;
  return [value as string | number | KeywordValues];
}

/** Values by keyword as dcmjs writes them: by tag, with the VR that we chose (its own guess for pixel data is always OW). */
export function toDcmjs(values: KeywordValues, root: KeywordValues = values): Record<string, RawElement> {
  return Object.fromEntries(
    Object.entries(values).map(([keyword, value]) => {
      const tag = tagOf(keyword);
      return [tag, rawElement(tag, value, root)];
    }),
  );
}

function rawElement(tag: string, value: KeywordValue, root: KeywordValues): RawElement {
  const vr = vrFor(tag, root, value);
  const list = listOf(value);
  if (vr === 'SQ') return { vr, Value: list.flatMap((item) => (isItem(item) ? [toDcmjs(item, root)] : [])) };
  if (vr in BINARY_WIDTH) return { vr, Value: [binary(tag, list[0])] };
  if (vr === 'AT')
    return { vr, Value: list.map((one) => (typeof one === 'number' ? one : Number.parseInt(String(one), 16))) };
  return { vr, Value: [...list] };
}

/** Whether a value is an item of a sequence. */
export function isItem(value: unknown): value is KeywordValues {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);
}

/** A buffer of its own, padded to even length (PS3.5 section 8.1.1). */
function binary(tag: string, value: unknown): ArrayBuffer {
  if (!ArrayBuffer.isView(value)) throw new TypeError(`${keywordOf(tag) ?? tag} must be a typed array`);
  const bytes = new Uint8Array(value.byteLength + (value.byteLength % 2));
  bytes.set(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  return bytes.buffer;
}
