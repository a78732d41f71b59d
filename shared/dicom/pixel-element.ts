import {
  type ElementCursor,
  type ElementHeader,
  ITEM,
  malformed,
  SEQUENCE_END,
  UNDEFINED_LENGTH,
} from './element-cursor.ts';

export interface PixelElement {
  readonly tag: string;
  readonly vr: string;
  /** Native value, or the fragments of an encapsulated one; the first fragment is the basic offset table. */
  readonly native?: Uint8Array;
  readonly fragments?: readonly Uint8Array[];
}

/** The value of PixelData, native or in fragments (PS3.5 annex A.4), up to `end`. @throws MaskwrightError DICOM_MALFORMED */
export function readPixelElement(
  cursor: ElementCursor,
  { tag, vr, length }: ElementHeader,
  end: number,
  odd: (oddity: string) => void,
): PixelElement {
  if (length !== UNDEFINED_LENGTH) {
    const there = end - cursor.at;
    if (length > there) throw malformed(`PixelData shorter than its length (${there} of ${length} bytes)`);
    return { tag, vr, native: cursor.take(length) };
  }
  const fragments: Uint8Array[] = [];
  while (cursor.at + 8 <= end) {
    const before = cursor.at;
    const mark = cursor.tag();
    const size = cursor.uint(4);
    if (mark === SEQUENCE_END) return { tag, vr, fragments };
    if (mark !== ITEM) {
      cursor.at = before;
      if (fragments.length === 0) throw malformed(`${mark} where a fragment of PixelData belongs`);
      break;
    }
    if (cursor.at + size > end) {
      throw malformed(`fragment ${fragments.length} of PixelData: length past the end of the file`);
    }
    fragments.push(cursor.take(size));
  }
  odd('no sequence delimiter after the fragments of PixelData');
  return { tag, vr, fragments };
}
