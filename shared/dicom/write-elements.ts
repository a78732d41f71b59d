import { keywordOf, openVrOf, tagOf, vrOf } from './dictionary.ts';
import type { KeywordValue, KeywordValues } from './part10.ts';
import { BINARY_WIDTH, LOCAL_TEXT, LONG_LENGTH, NUMBERS } from './value-representation.ts';

/** VR of each element: where PS3.6 leaves it open, the pixel description of the whole object (`root`) decides. */
export function vrFor(tag: string, root: KeywordValues): string {
  const open = openVrOf(tag);
  // PS3.5 A.2: OW for more than 8 bits allocated; OB here for 8 and less.
  if (open === 'binary') return typeof root.BitsAllocated === 'number' && root.BitsAllocated <= 8 ? 'OB' : 'OW';
  if (open === 'short') return root.PixelRepresentation === 1 ? 'SS' : 'US';
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

/** Elements in explicit VR little endian (PS3.5 section 7.1.2), by ascending tag; text in UTF-8. */
export function writeElements(values: KeywordValues, root: KeywordValues = values): Buffer {
  const tags = Object.entries(values)
    .map(([keyword, value]) => ({ tag: tagOf(keyword), value }))
    .sort((a, b) => (a.tag < b.tag ? -1 : 1));
  return Buffer.concat(tags.flatMap(({ tag, value }) => element(tag, value, root)));
}

function element(tag: string, value: KeywordValue, root: KeywordValues): Buffer[] {
  const vr = vrFor(tag, root);
  const body = encode(tag, vr, value, root);
  const long = LONG_LENGTH.has(vr);
  if (!long && body.length > 0xffff) throw new TypeError(`${keywordOf(tag) ?? tag} is too long for ${vr}`);
  const header = Buffer.alloc(long ? 12 : 8);
  header.writeUInt16LE(Number.parseInt(tag.slice(0, 4), 16), 0);
  header.writeUInt16LE(Number.parseInt(tag.slice(4), 16), 2);
  header.write(vr, 4, 'latin1');
  if (long) header.writeUInt32LE(body.length, 8);
  else header.writeUInt16LE(body.length, 6);
  return [header, body];
}

function encode(tag: string, vr: string, value: KeywordValue, root: KeywordValues): Buffer {
  const list = listOf(value);
  if (vr === 'SQ') return Buffer.concat(list.flatMap((item) => (isItem(item) ? sequenceItem(item, root) : [])));
  if (vr in BINARY_WIDTH) return binary(tag, list[0]);
  const codec = NUMBERS[vr];
  if (codec) {
    const numbers = list.map(Number);
    const bytes = Buffer.alloc(numbers.length * codec.width);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (const [index, one] of numbers.entries()) codec.write(view, index * codec.width, one);
    return bytes;
  }
  if (vr === 'AT') return attributeTags(list);
  return padded(Buffer.from(list.join('\\'), LOCAL_TEXT.has(vr) ? 'utf8' : 'latin1'), vr === 'UI' ? 0 : 0x20);
}

function isItem(value: unknown): value is KeywordValues {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);
}
function sequenceItem(item: KeywordValues, root: KeywordValues): Buffer[] {
  const body = writeElements(item, root);
  const header = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0]);
  header.writeUInt32LE(body.length, 4);
  return [header, body];
}
function binary(tag: string, value: unknown): Buffer {
  if (!ArrayBuffer.isView(value)) throw new TypeError(`${keywordOf(tag) ?? tag} must be a typed array`);
  return padded(Buffer.from(value.buffer, value.byteOffset, value.byteLength), 0);
}
function attributeTags(list: readonly unknown[]): Buffer {
  const hex = list.map((one) => (typeof one === 'number' ? one.toString(16).padStart(8, '0') : String(one)));
  const words = hex.flatMap((tag) => [Number.parseInt(tag.slice(0, 4), 16), Number.parseInt(tag.slice(4, 8), 16)]);
  const bytes = Buffer.alloc(words.length * 2);
  for (const [index, word] of words.entries()) bytes.writeUInt16LE(word, index * 2);
  return bytes;
}
function padded(bytes: Buffer, padding: number): Buffer {
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.of(padding)]);
}
