/** What is known about the frames of encapsulated pixel data besides the fragments. */
export interface Encapsulation {
  readonly frames: number;
  /** Extended Offset Table (PS3.3 C.7.6.3.1.8), if the object has one. */
  readonly extendedOffsets?: readonly number[];
  /** Its bytes of each frame, of which padding is none. */
  readonly extendedLengths?: readonly number[];
}

/** What is needed of a fragment to tell to which frame it belongs. */
export interface Fragment {
  readonly length: number;
  /** Its first bytes. */
  readonly head: Uint8Array;
}

/**
 * Fragments to frames (PS3.5 annex A.4): by their number, by offset table, or by the start markers of codestreams.
 * The first fragment is the basic offset table. Offsets are never trusted: those that are not starts of fragments are
 * said to be odd and left aside.
 */
export function framesOf(
  fragments: readonly Uint8Array[],
  encapsulation: Encapsulation,
  odd: (oddity: string) => void,
): readonly Uint8Array[] {
  const [table, ...data] = fragments;
  const known = data.map((fragment) => ({ length: fragment.length, head: fragment }));
  return fragmentsOfFrames(table, known, encapsulation, odd).map(([from, to]) => joined(data.slice(from, to)));
}

/** As {@link framesOf}: of each frame its first fragment, and the one behind its last. `data` is without the table. */
export function fragmentsOfFrames(
  table: Uint8Array | undefined,
  data: readonly Fragment[],
  encapsulation: Encapsulation,
  odd: (oddity: string) => void,
): readonly (readonly [number, number])[] {
  const { frames, extendedOffsets, extendedLengths } = encapsulation;
  const basic = table && table.length > 0 ? basicOffsets(table) : undefined;
  const groups = groupsByOffsets(extendedOffsets ?? basic, fragmentStarts(data), frames);
  if ((extendedOffsets ?? basic) && groups === undefined)
    odd('offset table does not fit the fragments and was left aside');
  if (extendedLengths && !areLengths(extendedLengths, data))
    odd('lengths of the extended offset table do not fit the fragments and were left aside');
  if (frames === 1) return data.length === 0 ? [] : [[0, data.length]];
  const each = [...data.keys()];
  if (data.length === frames) return between(each, data.length);
  if (groups) return between(groups, data.length);
  const marked = each.filter((index) => startsCodestream(data[index]?.head ?? new Uint8Array()));
  return between(marked[0] === 0 && marked.length === frames ? marked : each, data.length);
}

function basicOffsets(table: Uint8Array): number[] {
  const view = new DataView(table.buffer, table.byteOffset, table.byteLength);
  return Array.from({ length: Math.floor(table.length / 4) }, (_, index) => view.getUint32(index * 4, true));
}

/** One fragment a frame, padded to an even length (PS3.3 C.7.6.3.1.8). */
function areLengths(lengths: readonly number[], data: readonly Fragment[]): boolean {
  return lengths.length === data.length && lengths.every((said, at) => said + (said % 2) === data[at]?.length);
}

/** Offset of each fragment's item tag from the first one. */
function fragmentStarts(data: readonly Fragment[]): Map<number, number> {
  const starts = new Map<number, number>();
  let offset = 0;
  for (const [index, fragment] of data.entries()) {
    starts.set(offset, index);
    offset += 8 + fragment.length;
  }
  return starts;
}

/** Index of the first fragment of each frame; undefined where the offsets are no rising starts of fragments. */
function groupsByOffsets(
  offsets: readonly number[] | undefined,
  starts: ReadonlyMap<number, number>,
  frames: number,
): number[] | undefined {
  if (offsets?.length !== frames || offsets[0] !== 0) return undefined;
  const indexes = offsets.flatMap((offset) => starts.get(offset) ?? []);
  const rising = indexes.every((index, at) => at === 0 || index > (indexes[at - 1] ?? 0));
  return indexes.length === frames && rising ? indexes : undefined;
}

/** SOI of JPEG and JPEG-LS, SOC of JPEG 2000. */
function startsCodestream(fragment: Uint8Array): boolean {
  return fragment[0] === 0xff && (fragment[1] === 0xd8 || (fragment[1] === 0x4f && fragment[2] === 0xff));
}

function between(starts: readonly number[], end: number): (readonly [number, number])[] {
  return starts.map((start, at) => [start, starts[at + 1] ?? end] as const);
}
function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  return parts.length === 1 && only ? only : new Uint8Array(Buffer.concat(parts));
}
