import { MaskwrightError } from '@maskwright/errors';
import { type CharacterSet, characterSet } from './character-set.ts';
import type { DataSet, Element } from './dataset.ts';
import { vrOf } from './dictionary.ts';
import { readValue } from './read-value.ts';
import { LOCAL_TEXT, LONG_LENGTH, NUMBERS } from './value-representation.ts';

export interface Encoding {
  readonly explicit: boolean;
  readonly littleEndian: boolean;
}
/** What was read, with pixel data apart and what was odd but could be read. */
export interface ReadDataSet {
  readonly dataset: DataSet;
  readonly pixels?: PixelElement;
  readonly oddities: readonly string[];
}
export interface PixelElement {
  readonly tag: string;
  readonly vr: string;
  /** Native value, or the fragments of an encapsulated one; the first fragment is the basic offset table. */
  readonly native?: Uint8Array;
  readonly fragments?: readonly Uint8Array[];
}

const UNDEFINED_LENGTH = 0xffffffff;
const ITEM = 'FFFEE000';
const ITEM_END = 'FFFEE00D';
const SEQUENCE_END = 'FFFEE0DD';
const PIXEL_TAGS = new Set(['7FE00010', '7FE00008', '7FE00009']);
/** Real objects nest about ten deep. */
const DEEPEST = 64;
const MOST_ELEMENTS = 2_000_000;

/**
 * Reads the elements of one data set (PS3.5 section 7). Every length is checked against the bytes that are there.
 * @throws MaskwrightError DICOM_MALFORMED naming the tag
 */
export function readElements(
  bytes: Uint8Array,
  start: number,
  encoding: Encoding,
  group?: string,
): ReadDataSet & { end: number } {
  const reader = new ElementReader(bytes, start, encoding);
  const dataset = reader.dataset(bytes.length, 0, characterSet([]), 'file', group);
  return {
    dataset,
    ...(reader.pixels ? { pixels: reader.pixels } : {}),
    oddities: [...new Set(reader.oddities)],
    end: reader.at,
  };
}

interface Header {
  readonly tag: string;
  readonly vr: string;
  readonly length: number;
  readonly start: number;
}

class ElementReader {
  at: number;
  pixels: PixelElement | undefined;
  readonly oddities: string[] = [];
  #elements = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #encoding: Encoding;

  constructor(bytes: Uint8Array, start: number, encoding: Encoding) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = start;
    this.#encoding = encoding;
  }

  /** Elements up to `end`, up to the delimiter of an item, or (for file meta information) up to another group. */
  dataset(
    end: number,
    depth: number,
    inherited: CharacterSet,
    where: 'file' | 'item' | 'open item',
    group?: string,
  ): DataSet {
    if (depth > DEEPEST) throw malformed(`sequences are nested too deeply (more than ${DEEPEST})`);
    const elements: Record<string, Element> = {};
    let charset = inherited;
    let last = '';
    while (this.at < end) {
      if (end - this.at < 8) {
        if (where !== 'file' || this.#bytes.subarray(this.at, end).some((byte) => byte !== 0))
          throw malformed('the file ends within an element');
        break;
      }
      const before = this.at;
      const header = this.#header();
      if (group !== undefined && !header.tag.startsWith(group)) {
        this.at = before;
        break;
      }
      if (header.tag === ITEM_END && where === 'open item') return elements;
      if (header.tag.startsWith('FFFE')) {
        // A stray delimiter after a sequence of defined length occurs in the field and harms nothing.
        if (header.length !== 0) throw malformed(`unexpected item or delimiter at byte ${before}`);
        this.oddities.push('stray delimiter between elements');
        continue;
      }
      if (header.tag === '00000000' && header.length === 0) continue;
      this.#elements += 1;
      if (this.#elements > MOST_ELEMENTS) throw malformed('too many elements');
      if (header.tag in elements) this.oddities.push(`element repeated: ${header.tag}`);
      else if (header.tag < last) this.oddities.push(`elements out of order at ${header.tag}`);
      last = header.tag;
      const element = this.#element(header, end, depth, charset, elements);
      if (element) elements[header.tag] = element;
      if (header.tag === '00080005') charset = this.#charset(element);
    }
    if (where === 'open item') throw malformed('item or sequence not closed');
    return elements;
  }

  #charset(element: Element | undefined): CharacterSet {
    const terms = (element?.Value ?? []).filter((term) => typeof term === 'string');
    const charset = characterSet(terms);
    for (const term of charset.unknown)
      this.oddities.push(`character set ${term.slice(0, 32).replace(/[^ -~]/g, '?')} is not known`);
    return charset;
  }

  #tag(): string {
    const group = this.#view.getUint16(this.at, this.#encoding.littleEndian);
    const element = this.#view.getUint16(this.at + 2, this.#encoding.littleEndian);
    this.at += 4;
    return ((group * 0x10000 + element) >>> 0).toString(16).toUpperCase().padStart(8, '0');
  }
  #uint(width: 2 | 4): number {
    if (this.at + width > this.#bytes.length) throw malformed('the file ends within an element');
    const little = this.#encoding.littleEndian;
    const value = width === 2 ? this.#view.getUint16(this.at, little) : this.#view.getUint32(this.at, little);
    this.at += width;
    return value;
  }

  #header(): Header {
    const tag = this.#tag();
    if (tag.startsWith('FFFE')) return { tag, vr: '', length: this.#uint(4), start: this.at };
    const vr = this.#encoding.explicit
      ? String.fromCharCode(this.#bytes[this.at] ?? 0, this.#bytes[this.at + 1] ?? 0)
      : '';
    if (!/^[A-Z]{2}$/.test(vr)) {
      // Implicit VR, also where a writer forgot the VR within an explicit data set.
      if (this.#encoding.explicit) this.oddities.push(`unknown VR at ${tag}`);
      return { tag, vr: vrOf(tag), length: this.#uint(4), start: this.at };
    }
    this.at += 2;
    const known = LONG_LENGTH.has(vr) || vr in NUMBERS || /^(AE|AS|AT|CS|DA|DS|DT|IS|LO|LT|PN|SH|ST|TM|UI)$/.test(vr);
    if (!known) this.oddities.push(`unknown VR ${vr} at ${tag}`);
    // VRs to come have the long form (PS3.5 section 7.1.2); a short one betrays itself by bytes where zeros belong.
    const long = known ? LONG_LENGTH.has(vr) : this.#view.getUint16(Math.min(this.at, this.#bytes.length - 2)) === 0;
    if (long) this.#uint(2);
    const length = this.#uint(long ? 4 : 2);
    return { tag, vr: known ? vr : vrOf(tag), length, start: this.at };
  }

  #element(header: Header, end: number, depth: number, charset: CharacterSet, siblings: DataSet): Element | undefined {
    const { tag, length } = header;
    if (PIXEL_TAGS.has(tag) && depth === 0) {
      this.pixels = this.#pixels(header, end);
      return tag === '7FE00010' ? undefined : { vr: header.vr };
    }
    if (length === UNDEFINED_LENGTH) {
      if (PIXEL_TAGS.has(tag)) {
        this.#pixels(header, end);
        return { vr: header.vr };
      }
      return { vr: 'SQ', Value: this.#undefinedSequence(header, end, depth, charset) };
    }
    const stop = this.at + length;
    if (stop > end) throw malformed(`${tag}: length past the end of the ${depth === 0 ? 'file' : 'item'}`);
    // Unknown VR of a known element: a converter from implicit VR did not know it (PS3.5 section 6.2.2).
    const vr = header.vr === 'UN' && vrOf(tag) !== 'UN' ? vrOf(tag) : header.vr;
    const outer = this.#encoding;
    if (header.vr === 'UN') this.#encoding = { explicit: false, littleEndian: true };
    if (vr === 'SQ') {
      const Value = this.#items(stop, depth, charset);
      this.#encoding = outer;
      return { vr, Value };
    }
    const little = this.#encoding.littleEndian;
    this.#encoding = outer;
    const value = this.#bytes.subarray(this.at, stop);
    this.at = stop;
    const element = readValue(tag, vr, value, { littleEndian: little, charset, siblings });
    if (LOCAL_TEXT.has(vr) && JSON.stringify(element.Value ?? []).includes('\ufffd')) {
      this.oddities.push(`text of ${tag} does not fit its character set`);
    }
    return element;
  }

  #undefinedSequence(header: Header, end: number, depth: number, charset: CharacterSet): DataSet[] {
    const outer = this.#encoding;
    if (header.vr === 'UN') this.#encoding = { explicit: false, littleEndian: true };
    const found = this.#items(end, depth, charset, true);
    this.#encoding = outer;
    return found;
  }

  #items(end: number, depth: number, charset: CharacterSet, open = false): DataSet[] {
    const found: DataSet[] = [];
    while (this.at < end) {
      if (end - this.at < 8) throw malformed('sequence not closed');
      const tag = this.#tag();
      const length = this.#uint(4);
      if (tag === SEQUENCE_END) {
        if (open) return found;
        continue;
      }
      if (tag !== ITEM) throw malformed(`${tag} where an item of a sequence belongs`);
      if (length === UNDEFINED_LENGTH) {
        found.push(this.dataset(end, depth + 1, charset, 'open item'));
        continue;
      }
      const stop = this.at + length;
      if (stop > end) throw malformed('length of an item past the end of its sequence');
      found.push(this.dataset(stop, depth + 1, charset, 'item'));
    }
    if (open) throw malformed('sequence not closed');
    return found;
  }

  #pixels({ tag, vr, length }: Header, end: number): PixelElement {
    if (length !== UNDEFINED_LENGTH) {
      if (this.at + length > end)
        throw malformed(`PixelData shorter than its length (${end - this.at} of ${length} bytes)`);
      const native = this.#bytes.subarray(this.at, this.at + length);
      this.at += length;
      return { tag, vr, native };
    }
    const fragments: Uint8Array[] = [];
    while (this.at + 8 <= end) {
      const before = this.at;
      const item = this.#tag();
      const size = this.#uint(4);
      if (item === SEQUENCE_END) return { tag, vr, fragments };
      if (item !== ITEM) {
        this.at = before;
        if (fragments.length === 0) throw malformed(`${item} where a fragment of PixelData belongs`);
        break;
      }
      const stop = this.at + size;
      if (stop > end) throw malformed(`fragment ${fragments.length} of PixelData: length past the end of the file`);
      fragments.push(this.#bytes.subarray(this.at, stop));
      this.at = stop;
    }
    this.oddities.push('no sequence delimiter after the fragments of PixelData');
    return { tag, vr, fragments };
  }
}

function malformed(message: string): MaskwrightError {
  return new MaskwrightError('DICOM_MALFORMED', message);
}
