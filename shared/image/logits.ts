/** Bilinear (align_corners=false) from h rows × w columns to rows × columns; beyond the outer centres values stay constant. */
export function upsampleLogits(data: Float32Array, w: number, h: number, rows: number, columns: number): Float32Array {
  if (data.length !== w * h) throw new RangeError(`logits: ${data.length} values for ${h} × ${w}`);
  const across = positions(w, columns);
  const down = positions(h, rows);
  const result = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row += 1) {
    const y = down[row] ?? { low: 0, high: 0, weight: 0 };
    for (let column = 0; column < columns; column += 1) {
      const x = across[column] ?? { low: 0, high: 0, weight: 0 };
      const top = mix(data[y.low * w + x.low], data[y.low * w + x.high], x.weight);
      const bottom = mix(data[y.high * w + x.low], data[y.high * w + x.high], x.weight);
      result[row * columns + column] = mix(top, bottom, y.weight);
    }
  }
  return result;
}

interface Position {
  readonly low: number;
  readonly high: number;
  readonly weight: number;
}
function positions(from: number, to: number): Position[] {
  return Array.from({ length: to }, (_, at) => {
    const centre = Math.min(from - 1, Math.max(0, ((at + 0.5) * from) / to - 0.5));
    const low = Math.floor(centre);
    return { low, high: Math.min(from - 1, low + 1), weight: centre - low };
  });
}
function mix(a = 0, b = 0, weight: number): number {
  return a + (b - a) * weight;
}
