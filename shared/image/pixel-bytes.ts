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
    lengths: pixelData.map(({ length }) => length),
    copies: false,
    read: async (entry, start, end) => (pixelData[entry] ?? new Uint8Array()).subarray(start, end),
  };
}
