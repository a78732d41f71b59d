type Triple = readonly [number, number, number];

/** Reference white of the profile connection space, D50 (ICC.1:2022 section 7.2.16; PS3.3 C.10.7.1.1). */
export const WHITE: Triple = [0.96422, 1, 0.82521];
/** Linear sRGB to XYZ, adapted to D50 by Bradford; rows X, Y, Z. */
export const TO_XYZ: readonly [Triple, Triple, Triple] = [
  [0.4360747, 0.3850649, 0.1430804],
  [0.2225045, 0.7168786, 0.0606169],
  [0.0139322, 0.0971045, 0.7141733],
];
const TO_RGB: readonly [Triple, Triple, Triple] = [
  [3.1338561, -1.6168667, -0.4906146],
  [-0.9787684, 1.9161415, 0.033454],
  [0.0719453, -0.2289914, 1.4052427],
];

/** sRGB (0–255) to CIE L*a*b*: L* 0–100, a* and b* −128–127. */
export function labFromRgb(rgb: Triple): Triple {
  const xyz = multiply(
    TO_XYZ,
    map(rgb, (value) => linear(value / 255)),
  );
  const [x, y, z] = map(xyz, (value, axis) => cubeRoot(value / WHITE[axis]));
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** CIE L*a*b* to sRGB (0–255, whole numbers); colours outside sRGB are clipped. */
export function rgbFromLab([l, a, b]: Triple): [number, number, number] {
  const y = (l + 16) / 116;
  const xyz = map([y + a / 500, y, y - b / 200], (value, axis) => cube(value) * WHITE[axis]);
  const [red, green, blue] = map(multiply(TO_RGB, xyz), (value) => Math.round(255 * companded(clamp(value))));
  return [red, green, blue];
}

/** Values of RecommendedDisplayCIELabValue: unsigned 16 bit, L* × 65535/100, (a*, b* + 128) × 65535/255 (PS3.3 C.10.7.1.1). */
export function encodeLab([l, a, b]: Triple): [number, number, number] {
  const word = (value: number): number => Math.round(65535 * clamp(value));
  return [word(l / 100), word((a + 128) / 255), word((b + 128) / 255)];
}
export function decodeLab([l, a, b]: Triple): Triple {
  return [(l / 65535) * 100, (a / 65535) * 255 - 128, (b / 65535) * 255 - 128];
}

/** IEC 61966-2-1. */
function linear(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}
function companded(value: number): number {
  return value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055;
}
/** CIE 15: the root, and its tangent near zero. */
function cubeRoot(value: number): number {
  return value > 216 / 24389 ? Math.cbrt(value) : (value * 24389) / 27 / 116 + 16 / 116;
}
function cube(value: number): number {
  return value > 6 / 29 ? value ** 3 : ((116 * value - 16) * 27) / 24389;
}
function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
function multiply(matrix: readonly [Triple, Triple, Triple], [x, y, z]: Triple): Triple {
  return map(matrix, (row) => row[0] * x + row[1] * y + row[2] * z);
}
function map<T>(values: readonly [T, T, T], change: (value: T, axis: 0 | 1 | 2) => number): Triple {
  return [change(values[0], 0), change(values[1], 1), change(values[2], 2)];
}
