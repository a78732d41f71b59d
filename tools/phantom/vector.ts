/** Points and directions in millimetres, patient coordinates (LPS: +x left, +y posterior, +z superior). */
export type Vector = readonly [number, number, number];
/** Three orthonormal directions. */
export type Axes = readonly [Vector, Vector, Vector];

/** A vector from its components by index. */
export const vectorOf = (component: (k: 0 | 1 | 2) => number): Vector => [component(0), component(1), component(2)];

export const UPRIGHT: Axes = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

export const add = (a: Vector, b: Vector): Vector => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
export const subtract = (a: Vector, b: Vector): Vector => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
export const scale = (a: Vector, by: number): Vector => [a[0] * by, a[1] * by, a[2] * by];
export const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const length = (a: Vector): number => Math.sqrt(dot(a, a));
export const unit = (a: Vector): Vector => scale(a, 1 / length(a));
export const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

/** The upright axes turned by degrees about x, then y, then z. */
export function turned(aboutX: number, aboutY: number, aboutZ: number): Axes {
  const turn = (v: Vector): Vector => aroundZ(aroundY(aroundX(v, aboutX), aboutY), aboutZ);
  return [turn(UPRIGHT[0]), turn(UPRIGHT[1]), turn(UPRIGHT[2])];
}

/** Axes whose third direction is `direction`. */
export function along(direction: Vector): Axes {
  const third = unit(direction);
  const first = unit(cross(Math.abs(third[2]) < 0.9 ? [0, 0, 1] : [0, 1, 0], third));
  return [first, cross(third, first), third];
}

const radians = (degrees: number) => (degrees * Math.PI) / 180;
const aroundX = ([x, y, z]: Vector, degrees: number): Vector => {
  const [c, s] = [Math.cos(radians(degrees)), Math.sin(radians(degrees))];
  return [x, c * y - s * z, s * y + c * z];
};
const aroundY = ([x, y, z]: Vector, degrees: number): Vector => {
  const [c, s] = [Math.cos(radians(degrees)), Math.sin(radians(degrees))];
  return [c * x + s * z, y, c * z - s * x];
};
const aroundZ = ([x, y, z]: Vector, degrees: number): Vector => {
  const [c, s] = [Math.cos(radians(degrees)), Math.sin(radians(degrees))];
  return [c * x - s * y, s * x + c * y, z];
};
