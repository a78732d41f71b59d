import type { PixelSource } from './pixel-description.ts';

/** Pixel data entry by entry (all frames, or one each where they are encapsulated), wherever they are. */
export interface PixelBytes {
  /** Bytes of each entry. */
  readonly lengths: readonly number[];
  /** Whether what is read is a copy that nobody else has. */
  readonly copies: boolean;
  read(entry: number, start?: number, end?: number): Promise<Uint8Array>;
}

/** Undefined where there is no pixel data. */
export function pixelBytesOf({ pixelData, storedPixels }: PixelSource): PixelBytes | undefined {
  if (storedPixels) {
    const { lengths } = storedPixels;
    return { lengths, copies: true, read: (entry, start, end) => storedPixels.read(entry, start, end) };
  }
  if (!pixelData) return undefined;
  return {
    lengths: lengthsOf(pixelData),
    copies: false,
    read: async (entry, start, end) => (pixelData[entry] ?? new Uint8Array()).subarray(start, end),
  };
}

/** Of each object once: it is asked for with each frame, of which there may be a hundred thousand. */
function lengthsOf(pixelData: readonly Uint8Array[]): readonly number[] {
  const known = LENGTHS.get(pixelData) ?? pixelData.map(({ length }) => length);
  LENGTHS.set(pixelData, known);
  return known;
}
const LENGTHS = new WeakMap<readonly Uint8Array[], readonly number[]>();
