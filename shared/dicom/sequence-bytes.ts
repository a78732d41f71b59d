import { tagOf } from './dictionary.ts';
import type { KeywordValue, KeywordValues } from './part10.ts';
import { isItem, listOf, vrFor } from './to-dcmjs.ts';
import { LOCAL_TEXT, LONG_LENGTH, NUMBERS, PLAIN_TEXT } from './value-representation.ts';

/**
 * A sequence with many items straight into bytes: explicit VR little endian, items and sequences of undefined length
 * (PS3.5 section 7.5), byte for byte what dcmjs makes of the same values. For each element of each item dcmjs makes several
 * objects and a stream; with a group for each frame that was half the time of a SEG (sequence-bytes.test.ts).
 * Narrow on purpose: text, numbers and sequences; what else an item may hold stays with dcmjs.
 * @param items looked at once, one after the other
 * @param root the whole object, whose pixel description decides about open VRs
 * @throws TypeError where a value is neither text, number nor sequence, or longer than its length can say
 */
export function encodeSequence(keyword: string, items: Iterable<KeywordValues>, root: KeywordValues): Uint8Array {
  const writer = new ItemWriter(root);
  writer.sequence(keyword, items);
  return writer.written();
}

const ITEM = tagWord(0xfffee000);
const ITEM_END = tagWord(0xfffee00d);
const SEQUENCE_END = tagWord(0xfffee0dd);
const UNDEFINED_LENGTH = 0xffffffff;

/** An element's place and the first six bytes of its header. */
interface Place {
  readonly tag: number;
  readonly vr: string;
  /** Group and element as one little-endian word. */
  readonly tagWord: number;
  readonly vrWord: number;
}
function placeOf(keyword: string, root: KeywordValues): Place {
  const hexadecimal = tagOf(keyword);
  const tag = Number.parseInt(hexadecimal, 16);
  const vr = vrFor(hexadecimal, root);
  return { tag, vr, tagWord: tagWord(tag), vrWord: vr.charCodeAt(0) | (vr.charCodeAt(1) << 8) };
}
function tagWord(tag: number): number {
  return ((tag << 16) | (tag >>> 16)) >>> 0;
}

class ItemWriter {
  #bytes = Buffer.alloc(512 * 1024);
  #view = new DataView(this.#bytes.buffer);
  #at = 0;
  /** By keyword: the same few come again with each item. */
  readonly #places = new Map<string, Place>();
  readonly #root: KeywordValues;
  constructor(root: KeywordValues) {
    this.#root = root;
  }

  written(): Uint8Array {
    return this.#bytes.subarray(0, this.#at);
  }

  sequence(keyword: string, items: Iterable<unknown>): void {
    this.#reserve(12);
    this.#head(this.#placeOf(keyword));
    this.#at += 2;
    this.#word(UNDEFINED_LENGTH);
    for (const item of items) {
      if (!isItem(item)) throw new TypeError(`${keyword}: an item was expected`);
      this.#mark(ITEM, UNDEFINED_LENGTH);
      this.#item(item);
      this.#mark(ITEM_END, 0);
    }
    this.#mark(SEQUENCE_END, 0);
  }

  /** Elements in the order of their tags (PS3.5 section 7.1). */
  #item(values: KeywordValues): void {
    const keywords = Object.keys(values);
    if (!this.#areOrdered(keywords)) keywords.sort((a, b) => this.#placeOf(a).tag - this.#placeOf(b).tag);
    for (const keyword of keywords) {
      const value = values[keyword];
      if (value !== undefined) this.#element(keyword, value);
    }
  }
  #areOrdered(keywords: readonly string[]): boolean {
    let before = 0;
    for (const keyword of keywords) {
      const { tag } = this.#placeOf(keyword);
      if (tag < before) return false;
      before = tag;
    }
    return true;
  }
  #placeOf(keyword: string): Place {
    const known = this.#places.get(keyword);
    if (known) return known;
    const place = placeOf(keyword, this.#root);
    this.#places.set(keyword, place);
    return place;
  }

  #element(keyword: string, value: KeywordValue): void {
    const place = this.#placeOf(keyword);
    const list = listOf(value);
    if (place.vr === 'SQ') this.sequence(keyword, list);
    else if (place.vr in NUMBERS) this.#numbers(place, list);
    else if (PLAIN_TEXT.has(place.vr) || LOCAL_TEXT.has(place.vr))
      this.#text(place, list.length === 1 ? textOf(list[0]) : list.map(textOf).join('\\'));
    else throw new TypeError(`${place.vr} is not written here`);
  }

  #numbers(place: Place, list: readonly unknown[]): void {
    const codec = NUMBERS[place.vr];
    if (!codec) return;
    this.#header(place, list.length * codec.width);
    for (const one of list) {
      if (typeof one !== 'number') throw new TypeError(`${place.vr} must be a number`);
      codec.write(this.#view, this.#at, one);
      this.#at += codec.width;
    }
  }

  #text(place: Place, text: string): void {
    const length = Buffer.byteLength(text);
    this.#header(place, length + (length % 2));
    if (length === text.length) {
      // ASCII and short: a call of the runtime would take longer.
      for (let index = 0; index < length; index += 1) this.#bytes[this.#at + index] = text.charCodeAt(index);
    } else this.#bytes.write(text, this.#at);
    this.#at += length;
    if (length % 2 === 1) this.#bytes[this.#at++] = place.vr === 'UI' ? 0 : 0x20;
  }

  /** @param length of the value, for which there is room afterwards */
  #header(place: Place, length: number): void {
    if (LONG_LENGTH.has(place.vr) || length > 0xffff)
      throw new TypeError(`${place.vr} of ${length} bytes is not written here`);
    this.#reserve(8 + length);
    this.#head(place);
    this.#short(length);
  }
  #head({ tagWord, vrWord }: Place): void {
    this.#word(tagWord);
    this.#short(vrWord);
  }
  #mark(word: number, length: number): void {
    this.#reserve(8);
    this.#word(word);
    this.#word(length);
  }
  #word(value: number): void {
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
  }
  #short(value: number): void {
    this.#view.setUint16(this.#at, value, true);
    this.#at += 2;
  }

  #reserve(length: number): void {
    if (this.#at + length <= this.#bytes.length) return;
    const larger = Buffer.alloc(2 * this.#bytes.length + length);
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  throw new TypeError('text or a number was expected');
}
