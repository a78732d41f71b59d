/** The pixels of one frame that a mask shows, cut out of the frame with a margin of one empty pixel. */
export interface Region {
  readonly rows: number;
  readonly columns: number;
  /** rows × columns of 0 or 1; the outermost rows and columns are 0. */
  readonly data: Uint8Array;
}

/** First and last row and column with a pixel, of the frame. */
export interface Extent {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** Undefined where the frame shows nothing. */
export function regionOf(frame: Uint8Array, columns: number): (Region & { readonly extent: Extent }) | undefined {
  let [top, bottom, left, right] = [Infinity, -1, Infinity, -1];
  for (let at = frame.indexOf(1); at >= 0; at = frame.indexOf(1, at + 1)) {
    const row = Math.floor(at / columns);
    const column = at - row * columns;
    top = Math.min(top, row);
    bottom = row;
    left = Math.min(left, column);
    right = Math.max(right, column);
  }
  if (bottom < 0) return undefined;
  const cut = { rows: bottom - top + 3, columns: right - left + 3 };
  const data = new Uint8Array(cut.rows * cut.columns);
  for (let row = top; row <= bottom; row += 1) {
    const line = frame.subarray(row * columns + left, row * columns + right + 1);
    data.set(line, (row - top + 1) * cut.columns + 1);
  }
  return { ...cut, data, extent: { top, bottom, left, right } };
}

/** The piece with the most pixels; pixels that touch at a corner belong together. The first of equals. */
export function largestPiece({ rows, columns, data }: Region): Region {
  const piece = new Int32Array(data.length);
  const neighbours = [-columns - 1, -columns, -columns + 1, -1, 1, columns - 1, columns, columns + 1];
  let [largest, most] = [0, 0];
  for (let start = 0, pieces = 0; start < data.length; start += 1) {
    if (!data[start] || piece[start]) continue;
    pieces += 1;
    piece[start] = pieces;
    const found = [start];
    // The margin of the region keeps neighbours inside the array.
    for (let next = 0; next < found.length; next += 1) {
      for (const step of neighbours) {
        const neighbour = (found[next] ?? 0) + step;
        if (!data[neighbour] || piece[neighbour]) continue;
        piece[neighbour] = pieces;
        found.push(neighbour);
      }
    }
    if (found.length > most) [largest, most] = [pieces, found.length];
  }
  return { rows, columns, data: Uint8Array.from(piece, (number) => (number === largest ? 1 : 0)) };
}
