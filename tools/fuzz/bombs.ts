import { deflateRawSync } from 'node:zlib';
import { element, item, joined } from './mutations.ts';
import type { Random } from './random.ts';

/** Small files that claim, or unpack to, far more than they hold. */
export type Bomb = (random: Random) => Uint8Array;

const ROOT = '1.2.840.10008.1.2';
const SIDES = [64, 4096, 8192, 16_384, 65_535];

export const BOMBS: Readonly<Record<string, Bomb>> = {
  'claims of 65535 × 65535 × 10⁶': () =>
    file(`${ROOT}.1`, 65_535, 65_535, 16, element(0x7fe00010, 'OW', new Uint8Array(100)), '1000000'),
  'deflate of zeros': (random) => {
    const side = random.pick(SIDES);
    const pixels = new Uint8Array(Math.min(2 ** 26, side * side));
    const dataset = joined(header(side, side, 8), element(0x7fe00010, 'OB', pixels));
    return joined(meta(`${ROOT}.1.99`), deflateRawSync(dataset));
  },
  'deflated frames': (random) => {
    const side = random.pick(SIDES);
    return encapsulated(
      `${ROOT}.8.1`,
      side,
      side,
      8,
      [deflateRawSync(new Uint8Array(2 ** 26))],
      String(random.pick([1, 4000])),
    );
  },
  'RLE of runs': (random) => {
    const side = random.pick(SIDES);
    const head = Buffer.alloc(64);
    head.writeUInt32LE(1, 0);
    head.writeUInt32LE(64, 4);
    const runs = Buffer.alloc(2 * random.pick([10, 1000, 2 ** 20]), Buffer.from([0x81, 0]));
    return encapsulated(`${ROOT}.5`, side, side, 8, [joined(head, runs)], String(random.pick([1, 10_000])));
  },
  'RLE frames at one offset': () => {
    const table = new Uint8Array(40_000);
    return encapsulated(`${ROOT}.5`, 2048, 2048, 8, [new Uint8Array(64)], '10000', table);
  },
  'JPEG of a few bytes': (random) => {
    const [rows, columns] = [random.pick(SIDES), random.pick(SIDES)];
    const precision = random.pick([8, 12]);
    const kind = random.pick([0xc0, 0xc1, 0xc2, 0xc3]);
    const syntax = random.pick(['50', '51', '55', '57', '70']);
    return encapsulated(`${ROOT}.4.${syntax}`, rows, columns, precision === 8 ? 8 : 16, [
      jpeg(rows, columns, precision, kind, random),
    ]);
  },
  'progressive JPEG of many scans': (random) => {
    const side = random.pick([512, 4096, 8192]);
    return encapsulated(`${ROOT}.4.55`, side, side, 8, [jpeg(side, side, 8, 0xc2, random, 2000)]);
  },
  'JPEG-LS of a few bytes': (random) => {
    const side = random.pick(SIDES);
    const frame = Buffer.from([
      0xff,
      0xd8,
      0xff,
      0xf7,
      0,
      11,
      8,
      side >> 8,
      side & 255,
      side >> 8,
      side & 255,
      1,
      1,
      0x11,
      0,
    ]);
    const scan = Buffer.from([0xff, 0xda, 0, 8, 1, 1, 0, 0, 0, 0]);
    return encapsulated(`${ROOT}.4.80`, side, side, 8, [
      joined(frame, scan, Buffer.alloc(200, 0xfe), Buffer.from([0xff, 0xd9])),
    ]);
  },
  'JPEG 2000 of a few bytes': (random) => {
    const side = random.pick(SIDES);
    const tile = random.pick([1, 64, side, 0x7fffffff]);
    return encapsulated(`${ROOT}.4.${random.pick(['90', '201'])}`, side, side, 8, [jpeg2000(side, tile, random)]);
  },
  'JPEG XL of a few bytes': (random) => {
    const start = Buffer.from([0xff, 0x0a, random.below(256), random.below(256), random.below(256), random.below(256)]);
    return encapsulated(`${ROOT}.4.110`, random.pick(SIDES), random.pick(SIDES), 16, [
      joined(start, random.bytes(300)),
    ]);
  },
  'a palette that repeats itself': (random) => {
    const segments = Buffer.alloc(8 * 4000);
    for (let at = 0; at < segments.length; at += 8) segments.set([2, 0, 0xff, 0xff, random.below(4) * 8, 0, 0, 0], at);
    const tables = [1, 2, 3].flatMap((colour) => [
      element(0x00281100 + colour, 'US', Uint8Array.of(0, 0, 0, 0, 16, 0)),
      element(0x00281220 + colour, 'OW', segments),
    ]);
    const pixels = element(0x7fe00010, 'OB', new Uint8Array(64 * 64));
    return joined(meta(`${ROOT}.1`), header(64, 64, 8, '1', 'PALETTE COLOR '), joined(...tables), pixels);
  },
};

function uid(text: string): Uint8Array {
  return Buffer.from(text.length % 2 ? `${text}\0` : text);
}
function short(value: number): Uint8Array {
  return Uint8Array.of(value & 255, (value >> 8) & 255);
}
function meta(syntax: string): Uint8Array {
  return joined(new Uint8Array(128), Buffer.from('DICM'), element(0x00020010, 'UI', uid(syntax)));
}
function header(rows: number, columns: number, bits: number, frames = '1', photometric = 'MONOCHROME2 '): Uint8Array {
  return joined(
    element(0x00080016, 'UI', uid('1.2.840.10008.5.1.4.1.1.7')),
    element(0x00080018, 'UI', uid('2.25.1')),
    element(0x0020000d, 'UI', uid('2.25.2')),
    element(0x0020000e, 'UI', uid('2.25.3')),
    element(0x00280002, 'US', short(1)),
    element(0x00280004, 'CS', Buffer.from(photometric)),
    element(0x00280008, 'IS', Buffer.from(frames.padEnd(frames.length + (frames.length % 2)))),
    element(0x00280010, 'US', short(rows)),
    element(0x00280011, 'US', short(columns)),
    element(0x00280100, 'US', short(bits)),
    element(0x00280101, 'US', short(bits)),
    element(0x00280102, 'US', short(bits - 1)),
    element(0x00280103, 'US', short(0)),
  );
}
function file(
  syntax: string,
  rows: number,
  columns: number,
  bits: number,
  pixels: Uint8Array,
  frames = '1',
): Uint8Array {
  return joined(meta(syntax), header(rows, columns, bits, frames), pixels);
}
function encapsulated(
  syntax: string,
  rows: number,
  columns: number,
  bits: number,
  fragments: readonly Uint8Array[],
  frames = '1',
  table: Uint8Array = new Uint8Array(),
): Uint8Array {
  const items = [table, ...fragments].map((fragment) => {
    const even = joined(fragment, new Uint8Array(fragment.length % 2));
    return item(even.length, even);
  });
  const end = Buffer.from([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]);
  return file(
    syntax,
    rows,
    columns,
    bits,
    joined(element(0x7fe00010, 'OB', joined(...items, end), 0xffffffff)),
    frames,
  );
}

function jpeg(rows: number, columns: number, precision: number, kind: number, random: Random, scans = 1): Uint8Array {
  const segment = (mark: number, body: readonly number[]): number[] => [
    0xff,
    mark,
    (body.length + 2) >> 8,
    (body.length + 2) & 255,
    ...body,
  ];
  const table = [1, ...Array<number>(15).fill(0), 0];
  const scan = [
    ...segment(0xda, [1, 1, 0, 0, kind === 0xc2 ? 0 : 63, 0]),
    ...random.bytes(20).map((byte) => byte & 0x7f),
  ];
  return Uint8Array.from([
    ...[0xff, 0xd8],
    ...segment(0xdb, [0, ...Array<number>(64).fill(1)]),
    ...segment(kind, [precision, rows >> 8, rows & 255, columns >> 8, columns & 255, 1, 1, 0x11, 0]),
    ...segment(0xc4, [0, ...table]),
    ...segment(0xc4, [0x10, ...table]),
    ...Array.from({ length: scans }, () => scan).flat(),
    ...[0xff, 0xd9],
  ]);
}
function jpeg2000(side: number, tile: number, random: Random): Uint8Array {
  const long = (value: number): number[] => [
    (value >>> 24) & 255,
    (value >>> 16) & 255,
    (value >>> 8) & 255,
    value & 255,
  ];
  const size = [
    0,
    0,
    ...long(side),
    ...long(side),
    ...long(0),
    ...long(0),
    ...long(tile),
    ...long(tile),
    ...long(0),
    ...long(0),
    0,
    1,
    7,
    1,
    1,
  ];
  return Uint8Array.from([
    ...[0xff, 0x4f, 0xff, 0x51, 0, size.length + 2, ...size],
    ...[
      0xff,
      0x52,
      0,
      12,
      0,
      random.below(5),
      0,
      random.pick([1, 255]),
      0,
      random.pick([0, 5, 32]),
      4,
      4,
      0,
      random.below(2),
    ],
    ...[0xff, 0x5c, 0, 4, 0x40, 0x40],
    ...[0xff, 0x90, 0, 10, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, 0x93],
    ...random.bytes(60),
    ...[0xff, 0xd9],
  ]);
}
