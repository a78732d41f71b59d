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
