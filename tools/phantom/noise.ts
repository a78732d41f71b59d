import type { Random } from './random.ts';

/** A grid of numbers, row by row. */
export interface Field {
  readonly width: number;
  readonly height: number;
  readonly values: Float64Array;
}

/** Independent normal noise with deviation 1. */
export function whiteNoise(random: Random, width: number, height: number): Field {
  return { width, height, values: Float64Array.from({ length: width * height }, () => random.normal(0, 1)) };
}

/** Cloudy texture in about −1..1: octaves of smoothed lattice noise, the coarsest `cell` pixels wide. */
export function clouds(random: Random, width: number, height: number, cell: number, octaves: number): Field {
  const values = new Float64Array(width * height);
  for (let octave = 0, size = cell, weight = 0.5; octave < octaves; octave += 1, size /= 2, weight /= 2) {
    const [columns, rows] = [Math.ceil(width / size) + 2, Math.ceil(height / size) + 2];
    const lattice = Float64Array.from({ length: columns * rows }, () => random.uniform(-1, 1));
    const node = (column: number, row: number) => lattice[row * columns + column] as number;
    for (let y = 0; y < height; y += 1) {
      const [row, v] = cellOf(y / size);
      for (let x = 0; x < width; x += 1) {
        const [column, u] = cellOf(x / size);
        const upper = node(column, row) * (1 - u) + node(column + 1, row) * u;
        const lower = node(column, row + 1) * (1 - u) + node(column + 1, row + 1) * u;
        values[y * width + x] = (values[y * width + x] as number) + 2 * weight * (upper * (1 - v) + lower * v);
      }
    }
  }
  return { width, height, values };
}

/** Gaussian blur; beyond the border the border's values go on. */
export function blurred({ width, height, values }: Field, sigma: number): Field {
  const reach = Math.ceil(3 * sigma);
  const weights = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma * sigma)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const pass = (source: Float64Array, step: number, across: number, count: number, lines: number) => {
    const result = new Float64Array(source.length);
    for (let line = 0; line < lines; line += 1) {
      for (let i = 0; i < count; i += 1) {
        let sum = 0;
        for (let k = -reach; k <= reach; k += 1) {
          const j = Math.min(count - 1, Math.max(0, i + k));
          sum += (weights[k + reach] as number) * (source[line * across + j * step] as number);
        }
        result[line * across + i * step] = sum / total;
      }
    }
    return result;
  };
  return { width, height, values: pass(pass(values, 1, width, width, height), width, 1, height, width) };
}

function cellOf(position: number): [number, number] {
  const cell = Math.floor(position);
  const t = position - cell;
  return [cell, t * t * (3 - 2 * t)];
}
