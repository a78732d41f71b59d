import { largestPiece, pixelCount, type Run, runsOf } from '@maskwright/image';

/**
 * The solid ellipse with the centre and second moments of the largest piece of a frame's mask, in the same rows and columns;
 * where the frame shows nothing, nothing. So are structures drawn that people draw as ellipses, as the fetal head (van den
 * Heuvel et al., PLoS ONE 2018). An ellipse keeps its moments under any stretching, so pixels need not be square.
 * @param mask 0 or 1, row by row
 */
export function ellipseOf(mask: Uint8Array, columns: number): Uint8Array {
  const ellipse = new Uint8Array(mask.length);
  const piece = largestPiece(runsOf(mask, columns));
  if (piece.length === 0) return ellipse;
  const { x: cx, y: cy, xx, xy, yy } = momentsOf(piece);
  const lowest = Math.min(mask.length / columns - 1, Math.floor(cy + 2 * Math.sqrt(yy)));
  for (let row = Math.max(0, Math.ceil(cy - 2 * Math.sqrt(yy))); row <= lowest; row++) {
    const dy = row - cy;
    // Of a solid ellipse the variance along an axis is a quarter of its half axis squared; this is its chord in the row.
    const middle = cx + (xy / yy) * dy;
    const half = Math.sqrt(Math.max(0, (xx - xy ** 2 / yy) * (4 - dy ** 2 / yy)));
    const from = Math.max(0, Math.ceil(middle - half));
    const to = Math.min(columns - 1, Math.floor(middle + half));
    ellipse.fill(1, row * columns + from, row * columns + Math.max(from, to + 1));
  }
  return ellipse;
}

/** Centre in columns and rows, and covariance in pixels², of the pixels as squares: a run is a rectangle one row high. */
function momentsOf(piece: readonly Run[]) {
  const strips = piece.map(({ row, from, to }) => ({ x: (from + to) / 2, y: row, pixels: to - from + 1 }));
  const total = pixelCount(piece);
  const mean = (of: (strip: (typeof strips)[number]) => number) =>
    strips.reduce((sum, strip) => sum + strip.pixels * of(strip), 0) / total;
  const [x, y] = [mean((strip) => strip.x), mean((strip) => strip.y)];
  return {
    x,
    y,
    xx: mean((strip) => (strip.x - x) ** 2 + strip.pixels ** 2 / 12),
    xy: mean((strip) => (strip.x - x) * (strip.y - y)),
    yy: mean((strip) => (strip.y - y) ** 2 + 1 / 12),
  };
}
