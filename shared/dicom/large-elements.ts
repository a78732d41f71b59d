import { tagOf } from './dictionary.ts';
import type { KeywordValue, KeywordValues } from './part10.ts';
import { encodeSequence } from './sequence-bytes.ts';
import { vrFor } from './to-dcmjs.ts';

/** What is by far the most of a large object and goes straight into its bytes: dcmjs would copy it several times over. */
export interface LargeElements {
  /** Items of PerFrameFunctionalGroupsSequence; they are looked at once, one after the other. */
  readonly perFrameGroups?: Iterable<KeywordValues> | undefined;
  readonly pixelData?: PixelWriter | undefined;
}
export interface PixelWriter {
  readonly byteLength: number;
  /** @param place `byteLength` zeros in the file */
  write(place: Uint8Array): void;
}

const GROUPS = 'PerFrameFunctionalGroupsSequence';

/** @throws TypeError where an element of `values` is the groups themselves or belongs behind them */
export function requireToBeLast({ perFrameGroups }: LargeElements, values: KeywordValues): void {
  if (!perFrameGroups) return;
  const behind = Object.keys(values).find((keyword) => tagOf(keyword) >= tagOf(GROUPS));
  if (behind !== undefined) throw new TypeError(`${behind} cannot stand before ${GROUPS}`);
}

export function copied(pixels: KeywordValue): PixelWriter {
  if (!ArrayBuffer.isView(pixels)) throw new TypeError('PixelData must be a typed array');
  const bytes = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  return { byteLength: bytes.length, write: (place) => place.set(bytes) };
}

/** One buffer: what dcmjs wrote, the groups, the pixels (PS3.5 section 7.1.2: tag, VR, two reserved bytes, length). */
export function withLargeElements(
  head: Uint8Array,
  { perFrameGroups, pixelData }: LargeElements,
  root: KeywordValues,
): Uint8Array {
  const groups = perFrameGroups ? encodeSequence(GROUPS, perFrameGroups, root) : new Uint8Array();
  if (!pixelData && groups.length === 0) return head;
  const start = head.length + groups.length;
  const length = pixelData ? pixelData.byteLength + (pixelData.byteLength % 2) : 0;
  const whole = Buffer.alloc(start + (pixelData ? 12 + length : 0));
  whole.set(head);
  whole.set(groups, head.length);
  if (pixelData) {
    whole.writeUInt16LE(0x7fe0, start);
    whole.writeUInt16LE(0x0010, start + 2);
    whole.write(vrFor(tagOf('PixelData'), root), start + 4, 'latin1');
    whole.writeUInt32LE(length, start + 8);
    pixelData.write(new Uint8Array(whole.buffer, whole.byteOffset + start + 12, pixelData.byteLength));
  }
  return new Uint8Array(whole.buffer, whole.byteOffset, whole.length);
}
