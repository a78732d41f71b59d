import { element, item, joined } from './mutations.ts';
import type { Random } from './random.ts';

/** Objects of as few elements as can be, and codestreams that claim more than they hold. */

function uid(text: string): Uint8Array {
  return Buffer.from(text.length % 2 ? `${text}\0` : text);
}
function short(value: number): Uint8Array {
  return Uint8Array.of(value & 255, (value >> 8) & 255);
}
export function meta(syntax: string): Uint8Array {
  return joined(new Uint8Array(128), Buffer.from('DICM'), element(0x00020010, 'UI', uid(syntax)));
}
export function header(
  rows: number,
  columns: number,
  bits: number,
  frames = '1',
  photometric = 'MONOCHROME2 ',
): Uint8Array {
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
export function file(
  syntax: string,
  rows: number,
  columns: number,
  bits: number,
  pixels: Uint8Array,
  frames = '1',
): Uint8Array {
  return joined(meta(syntax), header(rows, columns, bits, frames), pixels);
}
export function encapsulated(
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

export function jpeg(
  rows: number,
  columns: number,
  precision: number,
  kind: number,
  random: Random,
  scans = 1,
): Uint8Array {
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
export function jpeg2000(side: number, tile: number, random: Random): Uint8Array {
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
