import { packBits, unpackBits } from './native.ts';

/**
 * A binary mask in the matrix of its source.
 * `data` holds frames × rows × columns bytes of 0 or 1 in C order; frame k lies on frame k of the source image.
 */
export interface Mask {
  readonly frames: number;
  readonly rows: number;
  readonly columns: number;
  readonly data: Uint8Array;
}

/** One frame of a mask, rows × columns, or of other pixels of the mask's size. */
export function framePixels({ rows, columns, data }: Mask, frame: number, pixels: Uint8Array = data): Uint8Array {
  return pixels.subarray(frame * rows * columns, (frame + 1) * rows * columns);
}

/** A mask of which each pixel takes a bit, and a frame that shows nothing takes no room. */
export class PackedMask {
  readonly frames: number;
  readonly rows: number;
  readonly columns: number;
  readonly #packed = new Map<number, Uint8Array>();

  constructor({ frames, rows, columns }: Omit<Mask, 'data'>) {
    this.frames = frames;
    this.rows = rows;
    this.columns = columns;
  }

  /** @param plane rows × columns of 0 or 1 */
  put(frame: number, plane: Uint8Array): void {
    if (plane.includes(1)) this.#packed.set(frame, packBits(plane));
    else this.#packed.delete(frame);
  }

  /** Frames × rows × columns bytes of 0 or 1. */
  unpacked(): Uint8Array {
    const size = this.rows * this.columns;
    const data = new Uint8Array(this.frames * size);
    for (const [frame, bits] of this.#packed) data.set(unpackBits(bits, 0, size), frame * size);
    return data;
  }
}
