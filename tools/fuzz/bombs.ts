import { deflateRawSync } from 'node:zlib';
import { encapsulated, file, header, jpeg, jpeg2000, meta } from './bomb-parts.ts';
import { element, joined } from './mutations.ts';
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
