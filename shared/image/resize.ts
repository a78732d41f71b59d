import type { RgbImage } from './source.ts';

const PRECISION_BITS = 32 - 8 - 2;

/**
 * Bilinear resize with a triangle filter that widens when shrinking (antialiasing), horizontally first, with 8-bit
 * intermediate values: the arithmetic that Pillow documents for `Image.resize(..., BILINEAR)`, with which the models' images
 * were made.
 */
export function resizeRgb(image: RgbImage, width: number, height: number): RgbImage {
  const across =
    image.width === width ? image.data : resample(image.data, image.width, width, image.height, 3, image.width * 3);
  const down = image.height === height ? across : resample(across, image.height, height, width, width * 3, 3);
  return { width, height, data: down === image.data ? Uint8Array.from(down) : down };
}

/**
 * Resamples along one axis. `step` is the distance of neighbours on that axis, `line` that of neighbouring lines, of which
 * there are `lines`.
 */
function resample(source: Uint8Array, from: number, to: number, lines: number, step: number, line: number): Uint8Array {
  const kernels = trianglesFor(from, to);
  const target = new Uint8Array(to * lines * 3);
  // Horizontally lines are rows and lie behind each other; vertically lines are columns.
  const horizontal = step === 3;
  const targetLine = horizontal ? to * 3 : 3;
  const targetStep = horizontal ? 3 : step;
  for (let one = 0; one < lines; one += 1) {
    for (const [at, { first, weights }] of kernels.entries()) {
      let red = 1 << (PRECISION_BITS - 1);
      let green = red;
      let blue = red;
      let index = one * line + first * step;
      for (let k = 0; k < weights.length; k += 1, index += step) {
        const weight = weights[k] ?? 0;
        red += (source[index] ?? 0) * weight;
        green += (source[index + 1] ?? 0) * weight;
        blue += (source[index + 2] ?? 0) * weight;
      }
      const out = one * targetLine + at * targetStep;
      target[out] = clip(red);
      target[out + 1] = clip(green);
      target[out + 2] = clip(blue);
    }
  }
  return target;
}
function clip(sum: number): number {
  const value = sum >> PRECISION_BITS;
  return value < 0 ? 0 : Math.min(value, 255);
}

interface Kernel {
  readonly first: number;
  /** Fixed point with PRECISION_BITS bits. */
  readonly weights: Int32Array;
}
function trianglesFor(from: number, to: number): Kernel[] {
  const scale = from / to;
  const support = Math.max(1, scale);
  return Array.from({ length: to }, (_, at): Kernel => {
    const centre = (at + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - support + 0.5));
    const last = Math.min(from, Math.trunc(centre + support + 0.5));
    const raw = Array.from({ length: last - first }, (_, k) =>
      Math.max(0, 1 - Math.abs((k + first - centre + 0.5) / support)),
    );
    const sum = raw.reduce((total, weight) => total + weight, 0);
    return { first, weights: Int32Array.from(raw, (weight) => Math.trunc((weight / sum) * 2 ** PRECISION_BITS + 0.5)) };
  });
}
