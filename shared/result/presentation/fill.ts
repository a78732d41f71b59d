/**
 * The pixels whose centres lie inside lines along pixel edges, by even-odd: what a viewer fills, and the opposite of
 * `outlinesOf`. Lines need not be closed each, if together they are.
 * @param lines x, y, x, y, …
 * @returns rows × columns of 0 or 1
 */
export function fillOutlines(lines: readonly (readonly number[])[], rows: number, columns: number): Uint8Array {
  const filled = new Uint8Array(rows * columns);
  for (const line of lines) {
    for (let at = 2; at + 1 < line.length; at += 2) {
      const [x = 0, y = 0, nextX = 0, nextY = 0] = [line[at - 2], line[at - 1], line[at], line[at + 1]];
      // Each piece that leads down or up changes sides for every pixel to the right of it.
      if (x === nextX) cross(filled, columns, x, Math.min(y, nextY), Math.max(y, nextY));
    }
  }
  for (let row = 0; row < rows; row += 1) {
    let inside = 0;
    for (let at = row * columns; at < (row + 1) * columns; at += 1) {
      inside ^= filled[at] ?? 0;
      filled[at] = inside;
    }
  }
  return filled;
}

function cross(marks: Uint8Array, columns: number, x: number, from: number, to: number): void {
  if (x >= columns) return;
  for (let row = from; row < to; row += 1) {
    const at = row * columns + x;
    marks[at] = (marks[at] ?? 0) ^ 1;
  }
}
