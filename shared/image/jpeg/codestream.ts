import { corrupt, unsupported } from '../pixel-description.ts';
import { type HuffmanTable, huffmanTable } from './huffman.ts';

export interface JpegComponent {
  readonly id: number;
  readonly horizontal: number;
  readonly vertical: number;
  readonly quantization: number;
}
/** Frame header (T.81 B.2.2). */
export interface JpegFrame {
  readonly kind: 'sequential' | 'progressive' | 'lossless' | 'jpeg-ls';
  readonly precision: number;
  readonly rows: number;
  readonly columns: number;
  readonly components: readonly JpegComponent[];
}
/** Scan header (T.81 B.2.3) with the tables that are in force at it. */
export interface JpegScan {
  readonly components: readonly {
    readonly index: number;
    readonly dc: HuffmanTable | undefined;
    readonly ac: HuffmanTable | undefined;
  }[];
  readonly spectralStart: number;
  readonly spectralEnd: number;
  readonly successiveHigh: number;
  readonly successiveLow: number;
  readonly restartInterval: number;
  /** Where the entropy-coded data begin. */
  readonly start: number;
}
export interface JpegCodestream {
  readonly frame: JpegFrame;
  readonly scans: readonly JpegScan[];
  readonly quantization: readonly (Uint16Array | undefined)[];
}

const KINDS: Readonly<Record<number, JpegFrame['kind']>> = {
  192: 'sequential',
  193: 'sequential',
  194: 'progressive',
  195: 'lossless',
  247: 'jpeg-ls',
};

/** Headers of a JPEG codestream (ITU-T T.81 annex B); entropy-coded data are only skipped. */
export function parseJpeg(bytes: Uint8Array): JpegCodestream {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint16(0) !== 0xffd8) throw corrupt('not a JPEG codestream');
  const quantization: (Uint16Array | undefined)[] = [];
  const tables: { dc: (HuffmanTable | undefined)[]; ac: (HuffmanTable | undefined)[] } = { dc: [], ac: [] };
  const scans: JpegScan[] = [];
  let frame: JpegFrame | undefined;
  let restartInterval = 0;
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) {
      at += 1;
      continue;
    }
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xd9) break;
    if (marker === 0xff || marker === 0 || marker === 1 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    const length = view.getUint16(at + 2);
    const end = at + 2 + length;
    if (length < 2 || end > bytes.length) throw corrupt('JPEG: segment past the end');
    const segment = bytes.subarray(at + 4, end);
    const kind = KINDS[marker];
    if (kind && !frame) frame = frameHeader(segment, kind);
    else if (marker >= 0xc5 && marker <= 0xcf && marker !== 0xc8 && marker !== 0xcc)
      throw unsupported('JPEG with arithmetic or hierarchical coding');
    else if (marker === 0xc4) readHuffman(segment, tables);
    else if (marker === 0xdb) readQuantization(segment, quantization);
    else if (marker === 0xdd && segment.length >= 2) restartInterval = ((segment[0] ?? 0) << 8) | (segment[1] ?? 0);
    else if (marker === 0xda) {
      if (!frame) throw corrupt('JPEG: scan before the frame header');
      if (frame.kind === 'jpeg-ls') break;
      scans.push(scanHeader(segment, frame, tables, restartInterval, end));
      if (scans.length > 1000) throw corrupt('JPEG: too many scans');
    }
    at = end;
    if (marker === 0xda) at = endOfEntropy(bytes, at);
  }
  if (!frame) throw corrupt('JPEG without frame header');
  return { frame, scans, quantization };
}

/** Index of the next marker that is no stuffing and no restart. */
function endOfEntropy(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0 && at + 1 < bytes.length; at = bytes.indexOf(0xff, at + 1)) {
    const marker = bytes[at + 1] ?? 0;
    if (marker !== 0 && marker !== 0xff && (marker < 0xd0 || marker > 0xd7)) return at;
  }
  return bytes.length;
}

function frameHeader(segment: Uint8Array, kind: JpegFrame['kind']): JpegFrame {
  const count = segment[5] ?? 0;
  if (segment.length < 6 + count * 3) throw corrupt('JPEG: frame header cut off');
  const components = Array.from({ length: count }, (_, index): JpegComponent => {
    const [id = 0, factors = 0, quantization = 0] = segment.subarray(6 + index * 3, 9 + index * 3);
    return { id, horizontal: factors >> 4, vertical: factors & 15, quantization };
  });
  if (components.some(({ horizontal, vertical }) => horizontal < 1 || horizontal > 4 || vertical < 1 || vertical > 4)) {
    throw corrupt('JPEG: sampling factors');
  }
  return {
    kind,
    precision: segment[0] ?? 0,
    rows: ((segment[1] ?? 0) << 8) | (segment[2] ?? 0),
    columns: ((segment[3] ?? 0) << 8) | (segment[4] ?? 0),
    components,
  };
}

function readHuffman(
  segment: Uint8Array,
  tables: { dc: (HuffmanTable | undefined)[]; ac: (HuffmanTable | undefined)[] },
): void {
  for (let at = 0; at + 17 <= segment.length; ) {
    const selector = segment[at] ?? 0;
    const counts = segment.subarray(at + 1, at + 17);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const table = huffmanTable(counts, segment.subarray(at + 17, at + 17 + total));
    (selector >> 4 === 0 ? tables.dc : tables.ac)[selector & 3] = table;
    at += 17 + total;
  }
}

function readQuantization(segment: Uint8Array, quantization: (Uint16Array | undefined)[]): void {
  for (let at = 0; at < segment.length; ) {
    const selector = segment[at] ?? 0;
    const wide = selector >> 4 !== 0;
    const size = wide ? 128 : 64;
    if (at + 1 + size > segment.length) throw corrupt('JPEG: quantization table cut off');
    const table = new Uint16Array(64);
    for (let k = 0; k < 64; k += 1) {
      const from = at + 1 + (wide ? k * 2 : k);
      table[k] = wide ? ((segment[from] ?? 0) << 8) | (segment[from + 1] ?? 0) : (segment[from] ?? 0);
    }
    quantization[selector & 3] = table;
    at += 1 + size;
  }
}

function scanHeader(
  segment: Uint8Array,
  frame: JpegFrame,
  tables: { readonly dc: readonly (HuffmanTable | undefined)[]; readonly ac: readonly (HuffmanTable | undefined)[] },
  restartInterval: number,
  start: number,
): JpegScan {
  const count = segment[0] ?? 0;
  if (count < 1 || count > frame.components.length || segment.length < 4 + count * 2)
    throw corrupt('JPEG: scan header');
  const components = Array.from({ length: count }, (_, at) => {
    const id = segment[1 + at * 2] ?? 0;
    const selectors = segment[2 + at * 2] ?? 0;
    const index = frame.components.findIndex((component) => component.id === id);
    if (index < 0) throw corrupt('JPEG: scan of a component that is not there');
    return { index, dc: tables.dc[(selectors >> 4) & 3], ac: tables.ac[selectors & 3] };
  });
  const [spectralStart = 0, spectralEnd = 0, successive = 0] = segment.subarray(1 + count * 2);
  const progressive = frame.kind === 'progressive';
  return {
    components,
    // Sequential files with other values here occur (the WG04 samples): only one reading is possible.
    spectralStart: frame.kind === 'sequential' ? 0 : spectralStart,
    spectralEnd: frame.kind === 'sequential' ? 63 : Math.min(63, spectralEnd),
    successiveHigh: progressive ? successive >> 4 : 0,
    successiveLow: frame.kind === 'sequential' ? 0 : successive & 15,
    restartInterval,
    start,
  };
}
