/** Natural index of each coefficient in zigzag order (T.81 figure A.6). */
export const ZIGZAG: Uint8Array = zigzag();

function zigzag(): Uint8Array {
  const order: number[] = [];
  for (let sum = 0; sum < 15; sum += 1) {
    const diagonal = Array.from({ length: 8 }, (_, row) => ({ row, column: sum - row })).filter(
      ({ column }) => column >= 0 && column < 8,
    );
    if (sum % 2 === 0) diagonal.reverse();
    order.push(...diagonal.map(({ row, column }) => row * 8 + column));
  }
  return Uint8Array.from(order);
}

/** BASIS[u * 8 + x]: half of the scaled cosine of frequency u at x. */
const BASIS = Float64Array.from({ length: 64 }, (_, at) => {
  const u = at >> 3;
  return (u === 0 ? Math.SQRT1_2 : 1) * 0.5 * Math.cos(((2 * (at & 7) + 1) * u * Math.PI) / 16);
});

/** Samples of all blocks (blocksDown·8 × blocksAcross·8) from their quantized coefficients in natural order. */
export function inverseDct(
  coefficients: Int16Array,
  blocksAcross: number,
  blocksDown: number,
  quantization: Uint16Array,
  precision: number,
): Uint16Array {
  const stride = blocksAcross * 8;
  const samples = new Uint16Array(stride * blocksDown * 8);
  const scale = new Float64Array(64);
  for (let k = 0; k < 64; k += 1) scale[ZIGZAG[k] ?? 0] = quantization[k] ?? 0;
  const highest = 2 ** precision - 1;
  const middle = 2 ** (precision - 1);
  const rows = new Float64Array(64);
  for (let block = 0; block < blocksAcross * blocksDown; block += 1) {
    const from = block * 64;
    const to = Math.floor(block / blocksAcross) * 8 * stride + (block % blocksAcross) * 8;
    rows.fill(0);
    for (let v = 0; v < 8; v += 1) {
      for (let u = 0; u < 8; u += 1) {
        const coefficient = coefficients[from + v * 8 + u] ?? 0;
        if (coefficient === 0) continue;
        const value = coefficient * (scale[v * 8 + u] ?? 0);
        for (let x = 0; x < 8; x += 1) rows[v * 8 + x] = (rows[v * 8 + x] ?? 0) + value * (BASIS[u * 8 + x] ?? 0);
      }
    }
    for (let y = 0; y < 8; y += 1) {
      for (let x = 0; x < 8; x += 1) {
        let sum = middle + 0.5;
        for (let v = 0; v < 8; v += 1) sum += (rows[v * 8 + x] ?? 0) * (BASIS[v * 8 + y] ?? 0);
        samples[to + y * stride + x] = sum < 0 ? 0 : Math.min(sum, highest);
      }
    }
  }
  return samples;
}
