import { corrupt, unsupported } from '../pixel-description.ts';
import type { JpegCodestream, JpegScan } from './codestream.ts';
import { BitReader } from './huffman.ts';

/** Interleaved samples of a lossless JPEG (ITU-T T.81 annex H), unsigned, before any sign is given to them. */
export function decodeLossless(bytes: Uint8Array, { frame, scans }: JpegCodestream): Uint16Array {
  const count = frame.components.length;
  if (
    frame.components.some(
      (one) => one.horizontal !== frame.components[0]?.horizontal || one.vertical !== frame.components[0]?.vertical,
    )
  ) {
    throw unsupported('lossless JPEG with subsampling');
  }
  const samples = new Uint16Array(frame.rows * frame.columns * count);
  if (scans.length === 0) throw corrupt('JPEG without scan');
  for (const scan of scans) decodeScan(bytes, scan, samples, frame.rows, frame.columns, count, frame.precision);
  return samples;
}

function decodeScan(
  bytes: Uint8Array,
  scan: JpegScan,
  samples: Uint16Array,
  rows: number,
  columns: number,
  count: number,
  precision: number,
): void {
  const reader = new BitReader(bytes, scan.start);
  const predictor = scan.spectralStart;
  const shift = scan.successiveLow;
  const initial = 1 << (precision - shift - 1);
  const stride = columns * count;
  let left = scan.restartInterval;
  // The row at whose start prediction begins anew: the first, and each after a restart (T.81 H.1.2.1).
  let fresh = true;
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      if (scan.restartInterval > 0 && left === 0) {
        reader.restart();
        left = scan.restartInterval;
        fresh = true;
      }
      for (const component of scan.components) {
        if (!component.dc) throw corrupt('JPEG: Huffman table missing');
        const at = row * stride + column * count + component.index;
        const size = reader.symbol(component.dc);
        const difference = size === 16 ? 32768 : reader.signed(size);
        const prediction =
          fresh && column === 0
            ? initial
            : predict(samples, at, fresh ? 1 : column === 0 ? 2 : predictor, count, stride);
        samples[at] = prediction + difference;
      }
      left -= 1;
    }
    fresh = false;
  }
  if (shift > 0) for (let at = 0; at < samples.length; at += 1) samples[at] = (samples[at] ?? 0) << shift;
}

/** Predictors of table H.1: a is left, b above, c above left. */
function predict(samples: Uint16Array, at: number, predictor: number, count: number, stride: number): number {
  const a = samples[at - count] ?? 0;
  const b = samples[at - stride] ?? 0;
  const c = samples[at - stride - count] ?? 0;
  switch (predictor) {
    case 1:
      return a;
    case 2:
      return b;
    case 3:
      return c;
    case 4:
      return a + b - c;
    case 5:
      return a + ((b - c) >> 1);
    case 6:
      return b + ((a - c) >> 1);
    case 7:
      return (a + b) >> 1;
    default:
      return 0;
  }
}
