/**
 * Squared Euclidean distance of each pixel to the nearest pixel that is not 0; Infinity everywhere where there is none.
 * Exact, in time linear in the pixels: columns first, then the lower envelope of parabolas along each row (Felzenszwalb
 * and Huttenlocher, Theory of Computing 8, 2012).
 * @param points rows × columns
 */
export function squaredDistances(points: Uint8Array, rows: number, columns: number): Float64Array {
  const squares = columnDistances(points, rows, columns);
  const row = new Float64Array(columns);
  const envelope = { at: new Int32Array(columns), from: new Float64Array(columns + 1) };
  for (let y = 0; y < rows; y++) {
    row.set(squares.subarray(y * columns, (y + 1) * columns));
    alongRow(row, squares.subarray(y * columns, (y + 1) * columns), envelope);
  }
  return squares;
}

/** Squared distance within the column only. */
function columnDistances(points: Uint8Array, rows: number, columns: number): Float64Array {
  const distances = new Float64Array(rows * columns).fill(Number.POSITIVE_INFINITY);
  for (let x = 0; x < columns; x++) {
    let last = Number.NEGATIVE_INFINITY;
    for (let y = 0; y < rows; y++) {
      if (points[y * columns + x]) last = y;
      distances[y * columns + x] = y - last;
    }
    last = Number.POSITIVE_INFINITY;
    for (let y = rows - 1; y >= 0; y--) {
      if (points[y * columns + x]) last = y;
      const nearest = Math.min(distances[y * columns + x] ?? 0, last - y);
      distances[y * columns + x] = nearest * nearest;
    }
  }
  return distances;
}

interface Envelope {
  /** Columns whose parabolas are lowest somewhere, from left to right. */
  readonly at: Int32Array;
  /** Where each begins to be the lowest. */
  readonly from: Float64Array;
}

function alongRow(heights: Float64Array, result: Float64Array, { at, from }: Envelope): void {
  let count = 0;
  for (let x = 0; x < heights.length; x++) {
    const height = heights[x] ?? Number.POSITIVE_INFINITY;
    if (height === Number.POSITIVE_INFINITY) continue;
    let start = Number.NEGATIVE_INFINITY;
    while (count > 0) {
      const other = at[count - 1] ?? 0;
      start = (height + x * x - ((heights[other] ?? 0) + other * other)) / (2 * (x - other));
      if (start > (from[count - 1] ?? 0)) break;
      count--;
      start = Number.NEGATIVE_INFINITY;
    }
    at[count] = x;
    from[count] = start;
    count++;
  }
  if (count === 0) return;
  for (let x = 0, lowest = 0; x < heights.length; x++) {
    while (lowest + 1 < count && (from[lowest + 1] ?? 0) <= x) lowest++;
    const from0 = at[lowest] ?? 0;
    result[x] = (x - from0) ** 2 + (heights[from0] ?? 0);
  }
}
