/** One plane of 0 and 1, row by row. */
export interface PlaneMask {
  readonly rows: number;
  readonly columns: number;
  readonly data: Uint8Array;
}

/** Pixels that touch along an edge. */
export interface Component {
  /** In pixels. */
  readonly area: number;
  /** In pixels from the upper left corner; bottom and right are exclusive. */
  readonly box: { readonly top: number; readonly bottom: number; readonly left: number; readonly right: number };
  /** Pixels in each cell of a 3 × 3 grid over the image, row by row. */
  readonly cells: readonly number[];
  /** Half axes, in pixels, of the ellipse with the same second moments; the longer first. */
  readonly axes: readonly [number, number];
}

/** The parts of a mask in the order of their first pixel, row by row. */
export function componentsOf({ rows, columns, data }: PlaneMask): Component[] {
  const seen = new Uint8Array(rows * columns);
  const components: Component[] = [];
  for (let start = 0; start < data.length; start++) {
    if (data[start] && !seen[start]) components.push(measure(flood(start, data, seen, columns), rows, columns));
  }
  return components;
}

function flood(start: number, data: Uint8Array, seen: Uint8Array, columns: number): number[] {
  const pixels = [start];
  seen[start] = 1;
  for (const pixel of pixels) {
    const x = pixel % columns;
    for (const next of [pixel - columns, pixel + columns, x > 0 ? pixel - 1 : -1, x < columns - 1 ? pixel + 1 : -1]) {
      if (next < 0 || !data[next] || seen[next]) continue;
      seen[next] = 1;
      pixels.push(next);
    }
  }
  return pixels;
}

function measure(pixels: readonly number[], rows: number, columns: number): Component {
  const cells = new Array<number>(9).fill(0);
  const box = { top: rows, bottom: 0, left: columns, right: 0 };
  let [x1, y1, xx, yy, xy] = [0, 0, 0, 0, 0];
  for (const pixel of pixels) {
    const y = Math.floor(pixel / columns);
    const x = pixel - y * columns;
    const cell = third(y, rows) * 3 + third(x, columns);
    cells[cell] = (cells[cell] ?? 0) + 1;
    box.top = Math.min(box.top, y);
    box.bottom = Math.max(box.bottom, y + 1);
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x + 1);
    x1 += x;
    y1 += y;
    xx += x * x;
    yy += y * y;
    xy += x * y;
  }
  const n = pixels.length;
  // A pixel is a square, not a point: 1/12 is its own second moment.
  const [cxx, cyy, cxy] = [
    xx / n - (x1 / n) ** 2 + 1 / 12,
    yy / n - (y1 / n) ** 2 + 1 / 12,
    xy / n - (x1 * y1) / n ** 2,
  ];
  const half = (cxx + cyy) / 2;
  const spread = Math.hypot((cxx - cyy) / 2, cxy);
  const axes = [2 * Math.sqrt(half + spread), 2 * Math.sqrt(Math.max(half - spread, 1 / 12))] as const;
  return { area: n, box, cells, axes };
}

function third(at: number, length: number): number {
  return at < Math.floor(length / 3) ? 0 : at < Math.floor((2 * length) / 3) ? 1 : 2;
}
