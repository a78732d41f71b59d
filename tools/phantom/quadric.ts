import { type Axes, add, along, dot, scale, subtract, UPRIGHT, unit, type Vector, vectorOf } from './vector.ts';

/**
 * The set of points where a polynomial of the second degree is not positive. Coefficients, in this order, of
 * x², y², z², xy, xz, yz, x, y, z and 1. Only convex sets are built here: ellipsoids, elliptic cylinders, half-spaces.
 */
export type Quadric = readonly number[];
export const COEFFICIENTS = 10;

/** An axis-parallel box that holds a shape: lowest and highest corner. */
export interface Box {
  readonly low: Vector;
  readonly high: Vector;
}

/** The intersection of some quadrics. Everything that the phantoms are made of is one. */
export interface Shape {
  readonly quadrics: readonly Quadric[];
  readonly box: Box;
}

/** An invertible affine map: x ↦ axes·(stretch∘x) + shift. */
export interface Placement {
  readonly stretch: Vector;
  readonly axes: Axes;
  readonly shift: Vector;
}

/** Farther out than anything in a phantom: stands for infinity in boxes, where 0·∞ would be no number. */
const FAR = 5000;
const EVERYWHERE: Box = { low: [-FAR, -FAR, -FAR], high: [FAR, FAR, FAR] };

/** @param radii semi-axes in mm along `axes` */
export function ellipsoid(centre: Vector, radii: Vector, axes: Axes = UPRIGHT): Shape {
  const reach = vectorOf((k) =>
    Math.sqrt((radii[0] * axes[0][k]) ** 2 + (radii[1] * axes[1][k]) ** 2 + (radii[2] * axes[2][k]) ** 2),
  );
  return { quadrics: [quadric(centre, radii, axes)], box: boxAround(centre, reach) };
}

/** An endless elliptic cylinder along the third axis. */
export function column(centre: Vector, radii: readonly [number, number], axes: Axes = UPRIGHT): Shape {
  return { quadrics: [quadric(centre, [...radii, Number.POSITIVE_INFINITY], axes)], box: EVERYWHERE };
}

/** An elliptic cylinder with flat ends. */
export function tube(from: Vector, to: Vector, radii: readonly [number, number]): Shape {
  const axes = along(subtract(to, from));
  const widest = Math.max(...radii);
  return {
    quadrics: [...column(from, radii, axes).quadrics, ...above(from, axes[2]).quadrics, ...below(to, axes[2]).quadrics],
    box: boxAround(
      scale(add(from, to), 0.5),
      vectorOf((k) => Math.abs(to[k] - from[k]) / 2 + widest),
    ),
  };
}

/** The half-space on the side of `point` that `normal` points away from. */
export function below(point: Vector, normal: Vector): Shape {
  const n = unit(normal);
  return { quadrics: [[0, 0, 0, 0, 0, 0, n[0], n[1], n[2], -dot(n, point)]], box: EVERYWHERE };
}
export const above = (point: Vector, normal: Vector): Shape => below(point, scale(normal, -1));

export function intersect(...shapes: readonly Shape[]): Shape {
  return {
    quadrics: shapes.flatMap(({ quadrics }) => quadrics),
    box: {
      low: vectorOf((k) => Math.max(...shapes.map(({ box }) => box.low[k]))),
      high: vectorOf((k) => Math.min(...shapes.map(({ box }) => box.high[k]))),
    },
  };
}

/** The shape after an affine map: stretched along the axes, then turned, then shifted. */
export function place(shape: Shape, placement: Placement): Shape {
  return {
    quadrics: shape.quadrics.map((q) => placeQuadric(q, placement)),
    box: placeBox(shape.box, placement),
  };
}

export function placePoint(point: Vector, { stretch, axes, shift }: Placement): Vector {
  const p: Vector = [point[0] * stretch[0], point[1] * stretch[1], point[2] * stretch[2]];
  return add(shift, add(scale(axes[0], p[0]), add(scale(axes[1], p[1]), scale(axes[2], p[2]))));
}

export function contains({ quadrics }: Shape, [x, y, z]: Vector): boolean {
  return quadrics.every((q) => valueAt(q, x, y, z) <= 0);
}

/**
 * Where the ray origin + t·direction is inside: [enter, leave] in units of `direction`, undefined where it misses.
 */
export function chord({ quadrics }: Shape, origin: Vector, direction: Vector): readonly [number, number] | undefined {
  let [enter, leave] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const q of quadrics) {
    const [a, b, c] = alongRay(q, origin, direction);
    if (Math.abs(a) < 1e-14) {
      if (Math.abs(b) < 1e-14) {
        if (c > 0) return undefined;
      } else if (b > 0) leave = Math.min(leave, -c / b);
      else enter = Math.max(enter, -c / b);
      continue;
    }
    const discriminant = b * b - 4 * a * c;
    if (discriminant <= 0) return undefined;
    const root = Math.sqrt(discriminant);
    enter = Math.max(enter, (-b - root) / (2 * a));
    leave = Math.min(leave, (-b + root) / (2 * a));
  }
  return enter < leave ? [enter, leave] : undefined;
}

function quadric(centre: Vector, radii: Vector, axes: Axes): Quadric {
  const sum: number[] = new Array<number>(COEFFICIENTS).fill(0);
  for (const k of [0, 1, 2] as const) {
    const [u, v, w] = axes[k];
    const weight = 1 / radii[k] ** 2;
    const at = dot(axes[k], centre);
    const term = [u * u, v * v, w * w, 2 * u * v, 2 * u * w, 2 * v * w, -2 * at * u, -2 * at * v, -2 * at * w, at * at];
    for (const [i, value] of term.entries()) sum[i] = (sum[i] ?? 0) + weight * value;
  }
  sum[9] = (sum[9] ?? 0) - 1;
  return sum;
}

function valueAt(q: Quadric, x: number, y: number, z: number): number {
  const [xx = 0, yy = 0, zz = 0, xy = 0, xz = 0, yz = 0, bx = 0, by = 0, bz = 0, c = 0] = q;
  return x * (xx * x + xy * y + xz * z + bx) + y * (yy * y + yz * z + by) + z * (zz * z + bz) + c;
}

function alongRay(q: Quadric, [x, y, z]: Vector, [u, v, w]: Vector): Vector {
  const [xx = 0, yy = 0, zz = 0, xy = 0, xz = 0, yz = 0, bx = 0, by = 0, bz = 0] = q;
  const a = u * (xx * u + xy * v + xz * w) + v * (yy * v + yz * w) + w * zz * w;
  const b =
    u * (2 * xx * x + xy * y + xz * z + bx) +
    v * (2 * yy * y + xy * x + yz * z + by) +
    w * (2 * zz * z + xz * x + yz * y + bz);
  return [a, b, valueAt(q, x, y, z)];
}

/** q'(p) = q(inverse map of p). */
function placeQuadric(q: Quadric, { stretch, axes, shift }: Placement): Quadric {
  const row = (k: 0 | 1 | 2) => scale(axes[k], 1 / stretch[k]);
  const rows: Axes = [row(0), row(1), row(2)];
  const start: Vector = [-dot(rows[0], shift), -dot(rows[1], shift), -dot(rows[2], shift)];
  const [xx = 0, yy = 0, zz = 0, xy = 0, xz = 0, yz = 0] = q;
  const form = (a: Vector, b: Vector) =>
    2 * (xx * a[0] * b[0] + yy * a[1] * b[1] + zz * a[2] * b[2]) +
    xy * (a[0] * b[1] + a[1] * b[0]) +
    xz * (a[0] * b[2] + a[2] * b[0]) +
    yz * (a[1] * b[2] + a[2] * b[1]);
  const column = (k: 0 | 1 | 2) => vectorOf((r) => rows[r][k]);
  const columns: Axes = [column(0), column(1), column(2)];
  const linear = columns.map((direction) => alongRay(q, start, direction)[1]);
  const [i, j, k] = columns;
  return [
    form(i, i) / 2,
    form(j, j) / 2,
    form(k, k) / 2,
    form(i, j),
    form(i, k),
    form(j, k),
    ...linear,
    valueAt(q, ...start),
  ];
}

function placeBox({ low, high }: Box, placement: Placement): Box {
  const corners = [0, 1, 2, 3, 4, 5, 6, 7].map((n) =>
    placePoint([n & 1 ? high[0] : low[0], n & 2 ? high[1] : low[1], n & 4 ? high[2] : low[2]], placement),
  );
  return {
    low: vectorOf((k) => Math.min(...corners.map((corner) => corner[k]))),
    high: vectorOf((k) => Math.max(...corners.map((corner) => corner[k]))),
  };
}

function boxAround(centre: Vector, reach: Vector): Box {
  return { low: subtract(centre, reach), high: add(centre, reach) };
}
