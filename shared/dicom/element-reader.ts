import { type CharacterSet, characterSet } from './character-set.ts';
import type { DataSet, Element } from './dataset.ts';
import { vrOf } from './dictionary.ts';
import {
  ElementCursor,
  type ElementHeader,
  type Encoding,
  ITEM,
  ITEM_END,
  malformed,
  nameOf,
  SEQUENCE_END,
  UNDEFINED_LENGTH,
} from './element-cursor.ts';
import { type PixelElement, readPixelElement } from './pixel-element.ts';
import { readValue } from './read-value.ts';
import { LOCAL_TEXT, PLAIN_TEXT } from './value-representation.ts';

/** What was read, with pixel data apart and what was odd but could be read. */
export interface ReadDataSet {
  readonly dataset: DataSet;
  readonly pixels?: PixelElement;
  /** Where reading stopped, before the value of the pixel data. */
  readonly pixelsAt?: PixelPlace;
  readonly oddities: readonly string[];
}

/** Pixel data that were not read: their header, and where their value begins. */
export interface PixelPlace {
  readonly header: ElementHeader;
  readonly start: number;
}

export interface ReadOptions {
  /** The data set ends before the first element of another group. */
  readonly group?: string;
  /** Pixel data end it: `bytes` may be only what stands before them. */
  readonly stopAtPixels?: boolean;
}

const PIXEL_TAGS = new Set(['7FE00010', '7FE00008', '7FE00009']);
const IMPLICIT: Encoding = { explicit: false, littleEndian: true };
/** The form of the standard's terms for character sets; what else stands there may be anything. */
const TERM = /^ISO_IR \d{1,3}$/;
/** Real objects nest about ten deep. */
const DEEPEST = 64;
const MOST_ELEMENTS = 1_000_000;
const MOST_ITEMS = 1_000_000;
/** Each takes many times its length in memory; the contours of a structure set have tens of thousands. */
const MOST_VALUES = 1_000_000;
/** More oddities than this in one file help nobody. */
const MOST_ODDITIES = 50;
const BACKSLASH = 0x5c;
const LONG_DELIMITER = 'a delimiter with a length';

/**
 * Reads the elements of one data set (PS3.5 section 7). Every length is checked against the bytes that are there.
 * @throws MaskwrightError DICOM_MALFORMED naming the element
 */
export function readElements(
  bytes: Uint8Array,
  start: number,
  encoding: Encoding,
  { group, stopAtPixels = false }: ReadOptions = {},
): ReadDataSet & { end: number } {
  const reader = new ElementReader(bytes, start, encoding, stopAtPixels);
  const dataset = reader.dataset({ end: bytes.length, depth: 0, charset: characterSet([]), within: 'file' }, group);
  return {
    dataset,
    ...(reader.pixels ? { pixels: reader.pixels } : {}),
    ...(reader.pixelsAt ? { pixelsAt: reader.pixelsAt } : {}),
    oddities: [...reader.oddities],
    end: reader.cursor.at,
  };
}

/** Where a data set is read: up to `end`, or in an open item up to its delimiter. */
interface Place {
  readonly end: number;
  readonly depth: number;
  readonly charset: CharacterSet;
  readonly within: 'file' | 'item' | 'open item';
}

class ElementReader {
  pixels: PixelElement | undefined;
  pixelsAt: PixelPlace | undefined;
  readonly oddities = new Set<string>();
  readonly cursor: ElementCursor;
  readonly #stopAtPixels: boolean;
  #elements = 0;
  #itemCount = 0;

  constructor(bytes: Uint8Array, start: number, encoding: Encoding, stopAtPixels: boolean) {
    this.#stopAtPixels = stopAtPixels;
    this.cursor = new ElementCursor(bytes, start, encoding, this.#odd);
  }
  readonly #odd = (oddity: string): void => {
    this.oddities.add(this.oddities.size < MOST_ODDITIES ? oddity : 'and more oddities');
  };

  dataset(place: Place, group?: string): DataSet {
    const { cursor } = this;
    const { end, depth, within } = place;
    if (depth > DEEPEST) throw malformed(`sequences are nested too deeply (more than ${DEEPEST})`);
    const elements: Record<string, Element> = {};
    let { charset } = place;
    let last = '';
    while (cursor.at < end) {
      if (end - cursor.at < 8) {
        this.#rest(place);
        break;
      }
      const next = cursor.peekTag();
      if (group !== undefined && !next.startsWith(group)) break;
      if (next === '00000000' && within === 'file' && !this.#anythingBefore(end)) {
        cursor.at = end;
        break;
      }
      const before = cursor.at;
      const header = cursor.header();
      const { tag } = header;
      if (tag === ITEM_END && within === 'open item') {
        if (header.length !== 0) this.#odd(LONG_DELIMITER);
        return elements;
      }
      if (tag.startsWith('FFFE')) {
        // A stray delimiter after a sequence of defined length occurs in the field and harms nothing.
        if (header.length !== 0) throw malformed(`unexpected item or delimiter at byte ${before}`);
        this.#odd('stray delimiter between elements');
        continue;
      }
      this.#elements += 1;
      if (this.#elements > MOST_ELEMENTS) throw malformed(`too many elements (more than ${MOST_ELEMENTS})`);
      if (tag in elements) this.#odd(`element repeated: ${nameOf(tag)}`);
      else if (tag < last) this.#odd('elements out of order');
      last = tag;
      const element = this.#element(header, { ...place, charset }, elements);
      if (element) elements[tag] = element;
      if (tag === '00080005') charset = this.#charset(element);
    }
    if (within === 'open item') throw malformed('item or sequence not closed');
    return elements;
  }

  /** Fewer bytes than any element has: zeros after the last one occur in files. */
  #rest({ end, within }: Place): void {
    if (within !== 'file' || this.#anythingBefore(end)) throw malformed('the file ends within an element');
  }
  #anythingBefore(end: number): boolean {
    return this.cursor.bytes.subarray(this.cursor.at, end).some((byte) => byte !== 0);
  }

  #charset(element: Element | undefined): CharacterSet {
    const terms = (element?.Value ?? []).filter((term) => typeof term === 'string');
    const charset = characterSet(terms);
    for (const term of charset.unknown)
      this.#odd(
        TERM.test(term) ? `character set ${term} is not known` : 'a character set is none of the defined terms',
      );
    return charset;
  }

  #element(header: ElementHeader, place: Place, siblings: DataSet): Element | undefined {
    const { cursor } = this;
    const { tag, length } = header;
    const { end, depth, charset } = place;
    if (PIXEL_TAGS.has(tag) && depth === 0 && this.#stopAtPixels) {
      this.pixelsAt = { header, start: cursor.at };
      cursor.at = end;
      return tag === '7FE00010' ? undefined : { vr: header.vr };
    }
    if (PIXEL_TAGS.has(tag) && (depth === 0 || length === UNDEFINED_LENGTH)) {
      const pixels = readPixelElement(cursor, header, end, this.#odd);
      // Icons have pixel data of their own; they are passed over.
      if (depth === 0) this.#keep(pixels);
      return depth === 0 && tag === '7FE00010' ? undefined : { vr: header.vr };
    }
    if (length === UNDEFINED_LENGTH && (header.vr === 'OB' || header.vr === 'OW')) {
      // Only pixel data have fragments (PS3.5 annex A.4); those that private elements have are passed over.
      readPixelElement(cursor, header, end, this.#odd);
      this.#odd(`${nameOf(tag)} is in fragments and was passed over`);
      return { vr: header.vr };
    }
    if (length === UNDEFINED_LENGTH) {
      const inner = header.vr === 'UN' ? this.#withinUnknown() : cursor.encoding;
      return { vr: 'SQ', Value: this.#inEncoding(inner, () => this.#items(place, true)) };
    }
    if (length % 2 === 1) this.#odd('elements of odd length');
    const stop = cursor.at + length;
    if (stop > end) {
      const part = depth === 0 ? 'the file ends within an element' : 'an item ends within an element';
      throw malformed(`${part}: ${nameOf(tag)} has a length past the end of the ${depth === 0 ? 'file' : 'item'}`);
    }
    // Unknown VR of a known element: a converter from implicit VR did not know it (PS3.5 section 6.2.2).
    const unknown = header.vr === 'UN';
    const vr = unknown ? vrOf(tag) : header.vr;
    this.#judgeVr(tag, vr);
    const encoding = unknown ? IMPLICIT : cursor.encoding;
    if (vr === 'SQ') {
      const inner = unknown ? this.#withinUnknown() : encoding;
      return { vr, Value: this.#inEncoding(inner, () => this.#items({ ...place, end: stop }, false)) };
    }
    const bytes = cursor.take(length);
    if (hasTooManyValues(vr, bytes)) throw malformed(`${nameOf(tag)} has too many values (more than ${MOST_VALUES})`);
    const element = readValue(tag, vr, bytes, { littleEndian: encoding.littleEndian, charset, siblings });
    if (LOCAL_TEXT.has(vr) && JSON.stringify(element.Value ?? []).includes('\ufffd'))
      this.#odd(`text of ${nameOf(tag)} does not fit its character set`);
    if (LOCAL_TEXT.has(vr) && charset.isDefault && bytes.some((byte) => byte > 127))
      this.#odd('text has bytes above 127 and SpecificCharacterSet names no set for them: read as Latin-1');
    return element;
  }

  /** An object has one kind of pixel data (PS3.3 C.7.6.3, C.7.6.24, C.7.6.25), once; of several of it the last counts. */
  #keep(pixels: PixelElement): void {
    const { tag, vr } = pixels;
    if (this.pixels && this.pixels.tag !== tag)
      throw malformed(`${nameOf(tag)} beside ${nameOf(this.pixels.tag)}: which one is the image is not said`);
    if (this.pixels) this.#odd(`element repeated: ${nameOf(tag)}`);
    this.#judgeVr(tag, vr);
    this.pixels = pixels;
  }

  /** Text where a number belongs, or the other way round. */
  #judgeVr(tag: string, vr: string): void {
    const expected = vrOf(tag);
    if (vr !== 'UN' && expected !== 'UN' && kindOf(vr) !== kindOf(expected))
      this.#odd(`${nameOf(tag)} has VR ${vr} instead of ${expected}`);
  }

  /** Implicit VR (PS3.5 section 6.2.2), but some writers go on in explicit VR. */
  #withinUnknown(): Encoding {
    if (!this.cursor.nextItemIsExplicit()) return IMPLICIT;
    this.#odd('a sequence of unknown VR is in explicit VR');
    return { explicit: true, littleEndian: true };
  }

  #inEncoding<T>(encoding: Encoding, read: () => T): T {
    const outer = this.cursor.encoding;
    this.cursor.encoding = encoding;
    const found = read();
    this.cursor.encoding = outer;
    return found;
  }

  /** Items up to `end`; an open sequence ends with its delimiter. */
  #items(place: Place, open: boolean): DataSet[] {
    const { cursor } = this;
    const { end, depth, charset } = place;
    const found: DataSet[] = [];
    while (cursor.at < end) {
      if (end - cursor.at < 8) throw malformed('sequence not closed');
      const tag = cursor.tag();
      const length = cursor.uint(4);
      if (tag === SEQUENCE_END) {
        if (length !== 0) this.#odd(LONG_DELIMITER);
        if (open) return found;
        continue;
      }
      if (tag !== ITEM) throw malformed(`${tag} where an item of a sequence belongs`);
      this.#itemCount += 1;
      if (this.#itemCount > MOST_ITEMS) throw malformed(`too many items (more than ${MOST_ITEMS})`);
      const inner = { depth: depth + 1, charset };
      if (length === UNDEFINED_LENGTH) {
        found.push(this.dataset({ ...inner, end, within: 'open item' }));
        continue;
      }
      const stop = cursor.at + length;
      if (stop > end) throw malformed('length of an item past the end of its sequence');
      found.push(this.dataset({ ...inner, end: stop, within: 'item' }));
    }
    if (open) throw malformed('sequence not closed');
    return found;
  }
}

function hasTooManyValues(vr: string, bytes: Uint8Array): boolean {
  if (bytes.length < MOST_VALUES || kindOf(vr) !== 'text') return false;
  let count = 1;
  for (let at = bytes.indexOf(BACKSLASH); at >= 0 && count <= MOST_VALUES; at = bytes.indexOf(BACKSLASH, at + 1))
    count += 1;
  return count > MOST_VALUES;
}

function kindOf(vr: string): 'sequence' | 'text' | 'binary' {
  if (vr === 'SQ') return 'sequence';
  return LOCAL_TEXT.has(vr) || PLAIN_TEXT.has(vr) ? 'text' : 'binary';
}
