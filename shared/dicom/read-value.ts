import type { CharacterSet } from './character-set.ts';
import type { DataSet, Element } from './dataset.ts';
import { openVrOf } from './dictionary.ts';
import { PADDING, trimEnd } from './trim-end.ts';
import { BINARY_WIDTH, LOCAL_TEXT, NUMBERS, PLAIN_TEXT, SINGLE_TEXT, swapWords } from './value-representation.ts';

export interface ValueContext {
  readonly littleEndian: boolean;
  readonly charset: CharacterSet;
  /** Elements read before this one in the same data set. */
  readonly siblings: DataSet;
}

/** One element of the JSON model from its encoded value. DS and IS stay text, as written, so that copies are exact. */
export function readValue(tag: string, declared: string, bytes: Uint8Array, context: ValueContext): Element {
  const vr = openVrOf(tag) === 'short' && declared === 'US' && signed(context.siblings) ? 'SS' : declared;
  if (bytes.length === 0) return { vr };
  const numeric = NUMBERS[vr];
  if (numeric) return { vr, Value: numbersOf(bytes, vr, context) };
  if (vr === 'AT') return { vr, Value: tagsOf(bytes, context.littleEndian) };
  if (vr === 'PN') return { vr, Value: split(context.charset.decode(bytes)).map(personName) };
  if (LOCAL_TEXT.has(vr)) return { vr, Value: textsOf(vr, context.charset.decode(bytes)) };
  if (PLAIN_TEXT.has(vr)) return { vr, Value: textsOf(vr, Buffer.from(bytes).toString('latin1')) };
  const width = BINARY_WIDTH[vr] ?? 1;
  const ordered = context.littleEndian || width === 1 ? bytes : swapWords(bytes, width);
  return { vr, InlineBinary: Buffer.from(ordered.buffer, ordered.byteOffset, ordered.length).toString('base64') };
}

/** Implicit VR does not say whether "US or SS" is signed: the pixel representation does. */
function signed(siblings: DataSet): boolean {
  return siblings['00280103']?.Value?.[0] === 1;
}

function numbersOf(bytes: Uint8Array, vr: string, { littleEndian }: Pick<ValueContext, 'littleEndian'>): number[] {
  const codec = NUMBERS[vr];
  if (!codec) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = Math.floor(bytes.length / codec.width);
  return Array.from({ length: count }, (_, index) => codec.read(view, index * codec.width, littleEndian));
}

function tagsOf(bytes: Uint8Array, littleEndian: boolean): string[] {
  const words = numbersOf(bytes, 'US', { littleEndian });
  const hex = words.map((word) => word.toString(16).toUpperCase().padStart(4, '0'));
  return hex.flatMap((group, index) => (index % 2 === 0 ? [`${group}${hex[index + 1] ?? '0000'}`] : []));
}

function textsOf(vr: string, text: string): string[] {
  return SINGLE_TEXT.has(vr) ? [trimmed(text)] : split(text);
}
function split(text: string): string[] {
  return text.split('\\').map(trimmed);
}
function trimmed(text: string): string {
  return trimEnd(text, PADDING);
}
function personName(text: string): Record<string, string> {
  const [alphabetic, ideographic, phonetic] = text.split('=').map(trimmed);
  return {
    ...(alphabetic ? { Alphabetic: alphabetic } : {}),
    ...(ideographic ? { Ideographic: ideographic } : {}),
    ...(phonetic ? { Phonetic: phonetic } : {}),
  };
}
