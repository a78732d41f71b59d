/**
 * A closed line round pixels: x, y, x, y, … in corners of pixels (0\0 is the upper left corner of the upper left pixel, as
 * GSPS counts in PIXEL units), the last point being the first again. What belongs to the mask lies to the right of the
 * way: clockwise round an island, the other way round a hole.
 */
export type Outline = readonly number[];

/** Right, down, left, up; a turn to the right is one more. */
const STEPS = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
] as const;
const RIGHT = 0;
const DOWN = 1;
const LEFT = 2;
const UP = 3;
/** To hug the own pixel where two touch at a corner: to the right before straight on before to the left. */
const TURNS = [1, 0, 3] as const;

/**
 * The outlines of one frame of a mask, exactly along its pixels' edges: every island and every hole has its own. Pixels that
 * touch at a corner only are two islands. Filling the outlines by even-odd gives the mask back.
 * @param frame rows × columns; what is not 0 belongs to it
 * @returns in the order of their uppermost, then leftmost corners
 */
export function outlinesOf(frame: Uint8Array, columns: number): Outline[] {
  const edges = edgesOf(frame, columns);
  const found: Outline[] = [];
  for (let start = nextOf(edges, 0); start >= 0; start = nextOf(edges, start)) {
    found.push(walk(edges, columns + 1, start));
  }
  return found;
}

/** By corner the directions (bits) in which the mask's border leads on from there. */
function edgesOf(frame: Uint8Array, columns: number): Uint8Array {
  const rows = frame.length / columns;
  const width = columns + 1;
  const edges = new Uint8Array((rows + 1) * width);
  const add = (corner: number, direction: number): void => {
    edges[corner] = (edges[corner] ?? 0) | (1 << direction);
  };
  for (let row = 0; row < rows; row += 1) {
    const above = row > 0;
    const below = row < rows - 1;
    for (let column = 0; column < columns; column += 1) {
      const at = row * columns + column;
      if (!frame[at]) continue;
      const corner = row * width + column;
      if (!(above && frame[at - columns])) add(corner, RIGHT);
      if (!(column < columns - 1 && frame[at + 1])) add(corner + 1, DOWN);
      if (!(below && frame[at + columns])) add(corner + width + 1, LEFT);
      if (!(column > 0 && frame[at - 1])) add(corner + width, UP);
    }
  }
  return edges;
}

function nextOf(edges: Uint8Array, from: number): number {
  for (let at = from; at < edges.length; at += 1) if (edges[at]) return at;
  return -1;
}

/** From the first corner of a border, which in this order is always one where it turns, round to it; takes its edges away. */
function walk(edges: Uint8Array, width: number, start: number): Outline {
  const points: number[] = [];
  let corner = start;
  let direction = [RIGHT, DOWN, LEFT, UP].find((one) => has(edges, start, one)) ?? RIGHT;
  let before = -1;
  for (;;) {
    if (direction !== before) points.push(corner % width, Math.floor(corner / width));
    edges[corner] = (edges[corner] ?? 0) & ~(1 << direction);
    const [x, y] = STEPS[direction] ?? STEPS[RIGHT];
    corner += y * width + x;
    before = direction;
    const turn = TURNS.find((one) => has(edges, corner, (before + one) % 4));
    if (turn === undefined) break;
    direction = (before + turn) % 4;
  }
  points.push(corner % width, Math.floor(corner / width));
  return points;
}

function has(edges: Uint8Array, corner: number, direction: number): boolean {
  return ((edges[corner] ?? 0) & (1 << direction)) !== 0;
}
