import { MaskwrightError } from '@maskwright/errors';
import { keywordOf, vrOf } from './dictionary.ts';
import { LONG_LENGTH, NUMBERS } from './value-representation.ts';

export interface Encoding {
  readonly explicit: boolean;
  readonly littleEndian: boolean;
}
/** What stands before a value (PS3.5 section 7.1); items and delimiters have no VR. */
export interface ElementHeader {
  readonly tag: string;
  readonly vr: string;
  readonly length: number;
}

export const UNDEFINED_LENGTH = 0xffffffff;
export const ITEM = 'FFFEE000';
export const ITEM_END = 'FFFEE00D';
export const SEQUENCE_END = 'FFFEE0DD';
const SHORT_TEXT = /^(AE|AS|AT|CS|DA|DS|DT|IS|LO|LT|PN|SH|ST|TM|UI)$/;

/** A place in the bytes of a data set. Whatever it reads is checked against the bytes that are there. */
export class ElementCursor {
  at: number;
  encoding: Encoding;
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #odd: (oddity: string) => void;

  constructor(bytes: Uint8Array, at: number, encoding: Encoding, odd: (oddity: string) => void) {
    this.bytes = bytes;
    this.at = at;
    this.encoding = encoding;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#odd = odd;
  }

  /** Eight hexadecimal digits. */
  tag(): string {
    const group = this.uint(2);
    return ((group * 0x10000 + this.uint(2)) >>> 0).toString(16).toUpperCase().padStart(8, '0');
  }
  /** The tag that comes next, without going on. */
  peekTag(): string {
    const { at } = this;
    const tag = this.tag();
    this.at = at;
    return tag;
  }
  uint(width: 2 | 4): number {
    if (this.at + width > this.bytes.length) throw malformed('the file ends within an element');
    const little = this.encoding.littleEndian;
    const value = width === 2 ? this.#view.getUint16(this.at, little) : this.#view.getUint32(this.at, little);
    this.at += width;
    return value;
  }
  take(length: number): Uint8Array {
    const value = this.bytes.subarray(this.at, this.at + length);
    this.at += length;
    return value;
  }

  /** Whether the item that comes next begins with an element in explicit VR. */
  nextItemIsExplicit(): boolean {
    if (this.bytes.length - this.at < 16 || this.peekTag() !== ITEM) return false;
    return isKnown(String.fromCharCode(...this.bytes.subarray(this.at + 12, this.at + 14)));
  }

  header(): ElementHeader {
    const tag = this.tag();
    if (tag.startsWith('FFFE')) return { tag, vr: '', length: this.uint(4) };
    const vr = this.encoding.explicit
      ? String.fromCharCode(this.bytes[this.at] ?? 0, this.bytes[this.at + 1] ?? 0)
      : '';
    if (!/^[A-Z]{2}$/.test(vr)) {
      // Implicit VR, also where a writer forgot the VR within an explicit data set.
      if (this.encoding.explicit) this.#odd(`unknown VR of ${nameOf(tag)}`);
      return { tag, vr: vrOf(tag), length: this.uint(4) };
    }
    this.at += 2;
    const known = isKnown(vr);
    if (!known) this.#odd(`unknown VR ${vr} of ${nameOf(tag)}`);
    // VRs to come have the long form (PS3.5 section 7.1.2); a short one betrays itself by bytes where zeros belong.
    const long = known ? LONG_LENGTH.has(vr) : this.#view.getUint16(Math.min(this.at, this.bytes.length - 2)) === 0;
    if (long) this.uint(2);
    return { tag, vr: known ? vr : vrOf(tag), length: this.uint(long ? 4 : 2) };
  }
}

function isKnown(vr: string): boolean {
  return LONG_LENGTH.has(vr) || vr in NUMBERS || SHORT_TEXT.test(vr);
}

/** Keyword and tag, as messages name an element. */
export function nameOf(tag: string): string {
  const keyword = keywordOf(tag);
  return keyword ? `${keyword} (${tag})` : tag;
}

export function malformed(message: string): MaskwrightError {
  return new MaskwrightError('DICOM_MALFORMED', message);
}
