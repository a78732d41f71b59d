import type { RgbImage } from '@maskwright/image';
import jpeg from 'jpeg-js';

/** Pixels of a side: what JPEG compresses as one, so that greys stay apart. */
const BLOCK = 16;
const LEVEL = 40;

/** Rows of letters, A to F, as blocks of even greys. */
export function blockJpeg(rows: readonly string[]): Buffer {
  const [width, height] = [(rows[0]?.length ?? 0) * BLOCK, rows.length * BLOCK];
  const data = Buffer.alloc(width * height * 4, 255);
  for (let i = 0; i < width * height; i++) {
    const row = rows[Math.floor(i / width / BLOCK)];
    const letter = row?.charCodeAt(Math.floor((i % width) / BLOCK)) ?? 0;
    data.fill((letter - 64) * LEVEL, 4 * i, 4 * i + 3);
  }
  return jpeg.encode({ width, height, data }, 95).data;
}

/** The letters of the blocks, rows apart by "/". */
export function blocksOf({ width, height, data }: RgbImage): string {
  const letter = (column: number, row: number) => {
    const middle = (row * BLOCK + BLOCK / 2) * width + column * BLOCK + BLOCK / 2;
    return String.fromCharCode(64 + Math.round((data[3 * middle] ?? 0) / LEVEL));
  };
  return Array.from({ length: height / BLOCK }, (_, row) =>
    Array.from({ length: width / BLOCK }, (_, column) => letter(column, row)).join(''),
  ).join('/');
}

/** With an APP1 segment of EXIF that holds the orientation (tag 0112H) only. */
export function withOrientation(bytes: Buffer, orientation: number, little = true): Buffer {
  const tiff = Buffer.alloc(26);
  tiff.write(little ? 'II' : 'MM', 'latin1');
  const short = (value: number, at: number) => (little ? tiff.writeUInt16LE(value, at) : tiff.writeUInt16BE(value, at));
  const long = (value: number, at: number) => (little ? tiff.writeUInt32LE(value, at) : tiff.writeUInt32BE(value, at));
  short(42, 2);
  long(8, 4);
  short(1, 8);
  short(0x0112, 10);
  short(3, 12);
  long(1, 14);
  short(orientation, 18);
  const head = Buffer.from([0xff, 0xe1, 0, 2 + 6 + tiff.length]);
  return Buffer.concat([bytes.subarray(0, 2), head, Buffer.from('Exif\0\0', 'latin1'), tiff, bytes.subarray(2)]);
}
