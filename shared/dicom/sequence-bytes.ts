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
  writer.sequence(Number.parseInt(tagOf(keyword), 16), items);
  return writer.written();
}

const ITEM = 0xfffee000;
const ITEM_END = 0xfffee00d;
const SEQUENCE_END = 0xfffee0dd;
const UNDEFINED_LENGTH = 0xffffffff;

interface Place {
  readonly tag: number;
  readonly vr: string;
}

class ItemWriter {
  #bytes = Buffer.alloc(64 * 1024);
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

  sequence(tag: number, items: Iterable<KeywordValues>): void {
    this.#reserve(12);
    this.#tag(tag);
    this.#at += this.#bytes.write('SQ', this.#at, 'latin1') + 2;
    this.#at = this.#bytes.writeUInt32LE(UNDEFINED_LENGTH, this.#at);
    for (const item of items) {
      this.#mark(ITEM, UNDEFINED_LENGTH);
      this.#item(item);
      this.#mark(ITEM_END, 0);
    }
    this.#mark(SEQUENCE_END, 0);
  }

  /** Elements in the order of their tags (PS3.5 section 7.1). */
  #item(values: KeywordValues): void {
    const elements = Object.entries(values).map(([keyword, value]) => ({ ...this.#placeOf(keyword), value }));
    for (const { tag, vr, value } of elements.sort((a, b) => a.tag - b.tag)) this.#element(tag, vr, value);
  }
  #placeOf(keyword: string): Place {
    const known = this.#places.get(keyword);
    if (known) return known;
    const tag = tagOf(keyword);
    const place = { tag: Number.parseInt(tag, 16), vr: vrFor(tag, this.#root) };
    this.#places.set(keyword, place);
    return place;
  }

  #element(tag: number, vr: string, value: KeywordValue): void {
    const list = listOf(value);
    if (vr === 'SQ') {
      this.sequence(tag, list.filter(isItem));
      return;
    }
    const codec = NUMBERS[vr];
    if (codec && list.every((one) => typeof one === 'number')) {
      this.#header(tag, vr, list.length * codec.width);
      for (const one of list) {
        codec.write(this.#view, this.#at, one);
        this.#at += codec.width;
      }
    } else if (PLAIN_TEXT.has(vr) || LOCAL_TEXT.has(vr)) this.#text(tag, vr, list.map(textOf).join('\\'));
    else throw new TypeError(`${vr} is not written here`);
  }

  #text(tag: number, vr: string, text: string): void {
    const length = Buffer.byteLength(text);
    this.#header(tag, vr, length + (length % 2));
    this.#at += this.#bytes.write(text, this.#at);
    if (length % 2 === 1) this.#at = this.#bytes.writeUInt8(vr === 'UI' ? 0 : 0x20, this.#at);
  }

  /** @param length of the value, for which there is room afterwards */
  #header(tag: number, vr: string, length: number): void {
    if (LONG_LENGTH.has(vr) || length > 0xffff) throw new TypeError(`${vr} of ${length} bytes is not written here`);
    this.#reserve(8 + length);
    this.#tag(tag);
    this.#at += this.#bytes.write(vr, this.#at, 'latin1');
    this.#at = this.#bytes.writeUInt16LE(length, this.#at);
  }
  #mark(tag: number, length: number): void {
    this.#reserve(8);
    this.#tag(tag);
    this.#at = this.#bytes.writeUInt32LE(length, this.#at);
  }
  #tag(tag: number): void {
    this.#at = this.#bytes.writeUInt16LE(tag >>> 16, this.#at);
    this.#at = this.#bytes.writeUInt16LE(tag & 0xffff, this.#at);
  }

  #reserve(length: number): void {
    if (this.#at + length <= this.#bytes.length) return;
    const larger = Buffer.alloc(Math.max(2 * this.#bytes.length, this.#at + length));
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
