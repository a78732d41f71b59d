import { corrupt } from '../pixel-description.ts';
import type { JpegCodestream, JpegComponent, JpegScan } from './codestream.ts';
import { BitReader, type HuffmanTable } from './huffman.ts';
import { inverseDct, ZIGZAG } from './inverse-dct.ts';

interface Plane extends JpegComponent {
  /** Blocks in whole MCUs, which is what interleaved scans hold. */
  readonly blocksAcross: number;
  readonly blocksDown: number;
  /** Blocks that hold pixels, which is what scans of one component hold. */
  readonly ownAcross: number;
  readonly ownDown: number;
  readonly coefficients: Int16Array;
}

/** Interleaved samples of a sequential or progressive DCT JPEG of 8 or 12 bits, without any colour transform. */
export function decodeDct(bytes: Uint8Array, codestream: JpegCodestream): Uint16Array {
  const { frame, scans } = codestream;
  const across = Math.max(...frame.components.map((one) => one.horizontal));
  const down = Math.max(...frame.components.map((one) => one.vertical));
  const mcusAcross = Math.ceil(frame.columns / (8 * across));
  const mcusDown = Math.ceil(frame.rows / (8 * down));
  const planes = frame.components.map((one): Plane => {
    const blocksAcross = mcusAcross * one.horizontal;
    const blocksDown = mcusDown * one.vertical;
    return {
      ...one,
      blocksAcross,
      blocksDown,
      ownAcross: Math.ceil(Math.ceil((frame.columns * one.horizontal) / across) / 8),
      ownDown: Math.ceil(Math.ceil((frame.rows * one.vertical) / down) / 8),
      coefficients: new Int16Array(blocksAcross * blocksDown * 64),
    };
  });
  if (scans.length === 0) throw corrupt('JPEG without scan');
  for (const scan of scans) decodeScan(bytes, scan, planes, frame.kind === 'progressive', mcusAcross, mcusDown);
  const samples = new Uint16Array(frame.rows * frame.columns * planes.length);
  for (const [index, plane] of planes.entries()) {
    const table = codestream.quantization[plane.quantization & 3];
    if (!table) throw corrupt('JPEG: quantization table missing');
    const pixels = inverseDct(plane.coefficients, plane.blocksAcross, plane.blocksDown, table, frame.precision);
    spread(
      pixels,
      plane.blocksAcross * 8,
      samples,
      index,
      planes.length,
      frame,
      across / plane.horizontal,
      down / plane.vertical,
    );
  }
  return samples;
}

/** Subsampled components are repeated. */
function spread(
  pixels: Uint16Array,
  stride: number,
  samples: Uint16Array,
  index: number,
  count: number,
  size: { readonly rows: number; readonly columns: number },
  across: number,
  down: number,
): void {
  for (let row = 0; row < size.rows; row += 1) {
    const from = Math.floor(row / down) * stride;
    let to = row * size.columns * count + index;
    for (let column = 0; column < size.columns; column += 1, to += count) {
      samples[to] = pixels[from + (across === 1 ? column : Math.floor(column / across))] ?? 0;
    }
  }
}

function decodeScan(
  bytes: Uint8Array,
  scan: JpegScan,
  planes: readonly Plane[],
  progressive: boolean,
  mcusAcross: number,
  mcusDown: number,
): void {
  const reader = new BitReader(bytes, scan.start);
  const decoder = new BlockDecoder(reader, scan, progressive, planes.length);
  const [only] = scan.components;
  const single = scan.components.length === 1 && only ? planes[only.index] : undefined;
  const units = single ? single.ownAcross * single.ownDown : mcusAcross * mcusDown;
  for (let unit = 0; unit < units; unit += 1) {
    if (scan.restartInterval > 0 && unit > 0 && unit % scan.restartInterval === 0) {
      reader.restart();
      decoder.reset();
    }
    if (single && only) {
      const block = Math.floor(unit / single.ownAcross) * single.blocksAcross + (unit % single.ownAcross);
      decoder.block(single.coefficients, block * 64, only.index, only.dc, only.ac);
      continue;
    }
    const row = Math.floor(unit / mcusAcross);
    const column = unit % mcusAcross;
    for (const { index, dc, ac } of scan.components) {
      const plane = planes[index];
      if (!plane) continue;
      for (let v = 0; v < plane.vertical; v += 1) {
        for (let h = 0; h < plane.horizontal; h += 1) {
          const block = (row * plane.vertical + v) * plane.blocksAcross + column * plane.horizontal + h;
          decoder.block(plane.coefficients, block * 64, index, dc, ac);
        }
      }
    }
  }
}

/** Coefficients of one block after another (T.81 F.2 and G.2), in natural order. */
class BlockDecoder {
  readonly #reader: BitReader;
  readonly #scan: JpegScan;
  readonly #progressive: boolean;
  readonly #predictions: Int32Array;
  #endOfBand = 0;

  constructor(reader: BitReader, scan: JpegScan, progressive: boolean, components: number) {
    this.#reader = reader;
    this.#scan = scan;
    this.#progressive = progressive;
    this.#predictions = new Int32Array(components);
  }
  reset(): void {
    this.#predictions.fill(0);
    this.#endOfBand = 0;
  }

  block(
    to: Int16Array,
    at: number,
    component: number,
    dc: HuffmanTable | undefined,
    ac: HuffmanTable | undefined,
  ): void {
    const { spectralStart, successiveHigh } = this.#scan;
    if (!this.#progressive) {
      this.#dcFirst(to, at, component, needed(dc));
      this.#acSequential(to, at, needed(ac));
    } else if (spectralStart === 0) {
      if (successiveHigh === 0) this.#dcFirst(to, at, component, needed(dc));
      else if (this.#reader.bits(1)) to[at] = (to[at] ?? 0) | (1 << this.#scan.successiveLow);
    } else if (successiveHigh === 0) this.#acFirst(to, at, needed(ac));
    else this.#acRefine(to, at, needed(ac));
  }

  #dcFirst(to: Int16Array, at: number, component: number, table: HuffmanTable): void {
    const difference = this.#reader.signed(Math.min(16, this.#reader.symbol(table)));
    const value = (this.#predictions[component] ?? 0) + difference;
    this.#predictions[component] = value;
    to[at] = value << this.#scan.successiveLow;
  }

  #acSequential(to: Int16Array, at: number, table: HuffmanTable): void {
    for (let k = 1; k < 64; k += 1) {
      const symbol = this.#reader.symbol(table);
      const size = symbol & 15;
      if (size === 0) {
        if (symbol !== 0xf0) return;
        k += 15;
        continue;
      }
      k += symbol >> 4;
      if (k > 63) throw corrupt('JPEG: coefficient past the end of its block');
      to[at + (ZIGZAG[k] ?? 0)] = this.#reader.signed(size);
    }
  }

  #acFirst(to: Int16Array, at: number, table: HuffmanTable): void {
    if (this.#endOfBand > 0) {
      this.#endOfBand -= 1;
      return;
    }
    const { spectralStart, spectralEnd, successiveLow } = this.#scan;
    for (let k = spectralStart; k <= spectralEnd; k += 1) {
      const symbol = this.#reader.symbol(table);
      const run = symbol >> 4;
      const size = symbol & 15;
      if (size === 0) {
        if (run < 15) {
          this.#endOfBand = (1 << run) - 1 + this.#reader.bits(run);
          return;
        }
        k += 15;
        continue;
      }
      k += run;
      if (k > 63) throw corrupt('JPEG: coefficient past the end of its block');
      to[at + (ZIGZAG[k] ?? 0)] = this.#reader.signed(size) << successiveLow;
    }
  }

  #acRefine(to: Int16Array, at: number, table: HuffmanTable): void {
    const { spectralStart, spectralEnd, successiveLow } = this.#scan;
    const bit = 1 << successiveLow;
    let k = spectralStart;
    if (this.#endOfBand === 0) {
      for (; k <= spectralEnd; k += 1) {
        const symbol = this.#reader.symbol(table);
        let run = symbol >> 4;
        let value = 0;
        if ((symbol & 15) === 0) {
          if (run < 15) {
            this.#endOfBand = (1 << run) + this.#reader.bits(run);
            break;
          }
        } else value = this.#reader.bits(1) ? bit : -bit;
        for (; k <= spectralEnd; k += 1) {
          const index = at + (ZIGZAG[k] ?? 0);
          if (to[index] !== 0) this.#correct(to, index, bit);
          else if (run === 0) {
            if (value !== 0) to[index] = value;
            break;
          } else run -= 1;
        }
      }
    }
    if (this.#endOfBand > 0) {
      for (; k <= spectralEnd; k += 1) {
        const index = at + (ZIGZAG[k] ?? 0);
        if (to[index] !== 0) this.#correct(to, index, bit);
      }
      this.#endOfBand -= 1;
    }
  }
  #correct(to: Int16Array, index: number, bit: number): void {
    const value = to[index] ?? 0;
    if (this.#reader.bits(1) && (Math.abs(value) & bit) === 0) to[index] = value > 0 ? value + bit : value - bit;
  }
}

function needed(table: HuffmanTable | undefined): HuffmanTable {
  if (!table) throw corrupt('JPEG: Huffman table missing');
  return table;
}
