/** Pixels of one row that lie side by side, first and last included. */
export interface Run {
  readonly row: number;
  readonly from: number;
  readonly to: number;
}

/** First and last row and column with a pixel. */
export interface Extent {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** The pixels that one frame of a mask shows, row by row. Most of a frame is passed over by the engine's own search. */
export function runsOf(frame: Uint8Array, columns: number): Run[] {
  const runs: Run[] = [];
  for (let start = frame.indexOf(1); start >= 0; ) {
    const row = Math.floor(start / columns);
    const after = (row + 1) * columns;
    const gap = frame.indexOf(0, start);
    const end = gap < 0 ? after : Math.min(gap, after);
    runs.push({ row, from: start - row * columns, to: end - 1 - row * columns });
    start = end < frame.length ? frame.indexOf(1, end) : -1;
  }
  return runs;
}

export function pixelCount(runs: readonly Run[]): number {
  return runs.reduce((sum, { from, to }) => sum + to - from + 1, 0);
}

/** @param runs at least one */
export function extentOf(runs: readonly Run[]): Extent {
  let [left, right] = [Infinity, -Infinity];
  for (const { from, to } of runs) {
    left = Math.min(left, from);
    right = Math.max(right, to);
  }
  return { top: runs[0]?.row ?? 0, bottom: runs.at(-1)?.row ?? 0, left, right };
}

/** The piece with the most pixels; pixels that touch at a corner belong together. The first of equals. */
export function largestPiece(runs: readonly Run[]): Run[] {
  const parent = runs.map((_, index) => index);
  const rootOf = (index: number): number => {
    let root = index;
    while (parent[root] !== root) {
      parent[root] = parent[parent[root] ?? root] ?? root;
      root = parent[root] ?? root;
    }
    return root;
  };
  // Both rows are in the order of their columns: the run above moves on as the one below does.
  let above = 0;
  for (const [index, run] of runs.entries()) {
    while (isBefore(runs[above], run)) above += 1;
    for (let other = above; touches(runs[other], run); other += 1) {
      const [one, two] = [rootOf(other), rootOf(index)];
      parent[Math.max(one, two)] = Math.min(one, two);
    }
  }
  const pieces = Map.groupBy(runs, (_, index) => rootOf(index));
  return [...pieces.values()].reduce<Run[]>((most, piece) => (pixelCount(piece) > pixelCount(most) ? piece : most), []);
}
/** Whether a run ends before it can touch another one in the row below it. */
function isBefore(above: Run | undefined, run: Run): boolean {
  if (!above) return false;
  return above.row < run.row - 1 || (above.row === run.row - 1 && above.to < run.from - 1);
}
function touches(above: Run | undefined, run: Run): boolean {
  return above?.row === run.row - 1 && above.from <= run.to + 1 && above.to >= run.from - 1;
}
