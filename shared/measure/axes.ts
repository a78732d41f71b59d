import type { Run } from '@maskwright/image';
import type { Spacing } from './calibration.ts';

type Point = readonly [x: number, y: number];

export interface Axes {
  readonly long: number;
  readonly short: number;
}

/**
 * Longest line across a region, and the longest line at right angles to it, in the unit of `spacing`. The border is taken
 * where it crosses the line between the centres of a pixel inside and its neighbour outside, so that a line of n pixels is n
 * long and one wide, and a shape of any turn is met within a pixel.
 */
export function axesOf(runs: readonly Run[], spacing: Spacing): Axes {
  const hull = convexHull(borderPoints(runs, spacing));
  const { from, to, length } = farthestPair(hull);
  const direction: Point = [(to[0] - from[0]) / length, (to[1] - from[1]) / length];
  const turned = hull.map(
    ([x, y]): Point => [
      (x - from[0]) * direction[0] + (y - from[1]) * direction[1],
      (y - from[1]) * direction[0] - (x - from[0]) * direction[1],
    ],
  );
  // The width of a convex polygon along a line is concave between its corners: one of them has the widest place.
  return { long: length, short: Math.max(...turned.map(([place]) => widthAt(turned, place))) };
}

/** Of each run the points that can be corners of the hull: the others lie between them. */
function borderPoints(runs: readonly Run[], [betweenRows, betweenColumns]: Spacing): Point[] {
  return runs.flatMap(({ row, from, to }) =>
    [
      [from - 0.5, row],
      [from, row - 0.5],
      [from, row + 0.5],
      [to, row - 0.5],
      [to, row + 0.5],
      [to + 0.5, row],
    ].map(([x = 0, y = 0]): Point => [x * betweenColumns, y * betweenRows]),
  );
}

/** Corners of the hull, counter-clockwise: lower and upper chain over the points in the order of x, then y. */
function convexHull(points: readonly Point[]): Point[] {
  const sorted = [...points].sort(([ax, ay], [bx, by]) => ax - bx || ay - by);
  return [...chain(sorted), ...chain(sorted.reverse())];
}
function chain(points: readonly Point[]): Point[] {
  const corners: Point[] = [];
  for (const point of points) {
    for (;;) {
      const [before, last] = [corners.at(-2), corners.at(-1)];
      if (!before || !last || turn(before, last, point) > 0) break;
      corners.pop();
    }
    corners.push(point);
  }
  // The last corner begins the other chain.
  return corners.slice(0, -1);
}
function turn([ax, ay]: Point, [bx, by]: Point, [cx, cy]: Point): number {
  return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
}

function farthestPair(corners: readonly Point[]): {
  readonly from: Point;
  readonly to: Point;
  readonly length: number;
} {
  let best: { from: Point; to: Point; length: number } | undefined;
  for (const [index, from] of corners.entries()) {
    for (const to of corners.slice(index + 1)) {
      const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
      if (!best || length > best.length) best = { from, to, length };
    }
  }
  if (!best) throw new RangeError('a region has at least one pixel');
  return best;
}

/** Extent across, where the polygon is cut at a place along its first coordinate. */
function widthAt(polygon: readonly Point[], place: number): number {
  let [low, high] = [Infinity, -Infinity];
  for (const [index, [ax, ay]] of polygon.entries()) {
    const [bx, by] = polygon[(index + 1) % polygon.length] ?? [ax, ay];
    if (place < Math.min(ax, bx) || place > Math.max(ax, bx)) continue;
    const across = ax === bx ? [ay, by] : [ay + ((place - ax) / (bx - ax)) * (by - ay)];
    low = Math.min(low, ...across);
    high = Math.max(high, ...across);
  }
  return high - low;
}
