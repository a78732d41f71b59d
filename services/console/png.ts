import { promisify } from 'node:util';
import { crc32, deflate } from 'node:zlib';
import type { RgbImage } from '@maskwright/image';

const compress = promisify(deflate);
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const FILTER_NONE = 0;
const FILTER_SUB = 1;

/** An image as PNG (ISO/IEC 15948): 8-bit grey where all is grey, else 8-bit RGB. */
export async function pngOfImage({ width, height, data }: RgbImage): Promise<Buffer> {
  const gray = isGray(data);
  const samples = gray ? 1 : 3;
  const lines = Buffer.alloc(height * (width * samples + 1));
  let to = 0;
  for (let y = 0; y < height; y += 1) {
    lines[to++] = FILTER_SUB;
    for (let x = 0; x < width * samples; x += 1) {
      const at = y * width * 3;
      const value = data[at + (gray ? x * 3 : x)] ?? 0;
      const left = x < samples ? 0 : (data[at + (gray ? (x - 1) * 3 : x - samples)] ?? 0);
      lines[to++] = (value - left) & 0xff;
    }
  }
  const colourType = gray ? 0 : 2;
  return fileOf(
    chunk('IHDR', header(width, height, 8, colourType)),
    chunk('IDAT', await compress(lines, { level: 5 })),
  );
}

/** A mask as PNG with a palette of two: nothing, and the segment's colour. */
export async function pngOfMask(mask: BitMask, [red, green, blue]: readonly [number, number, number]): Promise<Buffer> {
  const { width, height, bits } = mask;
  const stride = Math.ceil(width / 8);
  const lines = Buffer.alloc(height * (stride + 1), FILTER_NONE);
  for (let y = 0; y < height; y += 1) lines.set(bits.subarray(y * stride, (y + 1) * stride), y * (stride + 1) + 1);
  return fileOf(
    chunk('IHDR', header(width, height, 1, 3)),
    chunk('PLTE', Buffer.from([0, 0, 0, red, green, blue])),
    chunk('tRNS', Buffer.from([0, 255])),
    chunk('IDAT', await compress(lines)),
  );
}

/** One bit a pixel, first pixel in the highest bit, lines padded to whole bytes: as PNG has it. */
export interface BitMask {
  readonly width: number;
  readonly height: number;
  readonly bits: Uint8Array;
}

/** @param data height × width of 0 or 1 */
export function packMask(data: Uint8Array, width: number, height: number): BitMask {
  const stride = Math.ceil(width / 8);
  const bits = new Uint8Array(stride * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (data[y * width + x]) bits[y * stride + (x >> 3)] = (bits[y * stride + (x >> 3)] ?? 0) | (0x80 >> (x & 7));
    }
  }
  return { width, height, bits };
}

function isGray(data: Uint8Array): boolean {
  for (let at = 0; at < data.length; at += 3) {
    if (data[at] !== data[at + 1] || data[at] !== data[at + 2]) return false;
  }
  return true;
}

function header(width: number, height: number, bitDepth: number, colourType: number): Buffer {
  const body = Buffer.alloc(13);
  body.writeUInt32BE(width, 0);
  body.writeUInt32BE(height, 4);
  body[8] = bitDepth;
  body[9] = colourType;
  return body;
}

function chunk(type: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length);
  checksum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, checksum]);
}

function fileOf(...chunks: readonly Buffer[]): Buffer {
  return Buffer.concat([SIGNATURE, ...chunks, chunk('IEND', Buffer.alloc(0))]);
}
