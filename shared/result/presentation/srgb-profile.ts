import { TO_XYZ, WHITE } from '../cielab.ts';

/**
 * An ICC profile (ICC.1:2022) of an input device whose colours are sRGB, as a colour presentation state needs one where the
 * images bring none (PS3.3 C.11.15): matrix and curve of IEC 61966-2-1.
 */
export function srgbProfile(): Uint8Array {
  const curve = parametricCurve([2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045]);
  const column = (at: 0 | 1 | 2): Buffer => xyz(TO_XYZ.map((row) => row[at]));
  const tags: readonly (readonly [string, Buffer])[] = [
    ['desc', multiLocalized('sRGB')],
    ['cprt', multiLocalized('No copyright')],
    ['wtpt', xyz(WHITE)],
    ['chad', numbers('sf32', TO_D50)],
    ['rXYZ', column(0)],
    ['gXYZ', column(1)],
    ['bXYZ', column(2)],
    ['rTRC', curve],
    ['gTRC', curve],
    ['bTRC', curve],
  ];
  const values = [...new Set(tags.map(([, value]) => value))];
  const tableLength = 4 + 12 * tags.length;
  const places = new Map<Buffer, number>();
  let end = HEADER + tableLength;
  for (const value of values) {
    places.set(value, end);
    end += value.length;
  }
  const table = Buffer.alloc(tableLength);
  table.writeUInt32BE(tags.length, 0);
  for (const [index, [name, value]] of tags.entries()) {
    table.write(name, 4 + 12 * index, 'latin1');
    table.writeUInt32BE(places.get(value) ?? 0, 8 + 12 * index);
    table.writeUInt32BE(value.length, 12 + 12 * index);
  }
  return Uint8Array.from(Buffer.concat([header(end), table, ...values]));
}

/** Chromatic adaptation from D65, the white of sRGB, to D50, by Bradford. */
const TO_D50 = [
  1.0479298, 0.0229468, -0.0501922, 0.0296278, 0.9904344, -0.0170738, -0.009243, 0.0150552, 0.7518742,
] as const;

const HEADER = 128;
function header(length: number): Buffer {
  const bytes = Buffer.alloc(HEADER);
  bytes.writeUInt32BE(length, 0);
  bytes.writeUInt32BE(0x04400000, 8);
  bytes.write('scnrRGB XYZ ', 12, 'latin1');
  for (const [at, part] of [2026, 1, 1].entries()) bytes.writeUInt16BE(part, 24 + 2 * at);
  bytes.write('acsp', 36, 'latin1');
  xyz(WHITE).copy(bytes, 68, 8);
  return bytes;
}

/** s15Fixed16 numbers after signature and reserved bytes. */
function numbers(type: string, values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(8 + 4 * values.length);
  bytes.write(type, 0, 'latin1');
  for (const [at, value] of values.entries()) bytes.writeInt32BE(Math.round(value * 65536), 8 + 4 * at);
  return bytes;
}
function xyz(values: readonly number[]): Buffer {
  return numbers('XYZ ', values);
}

/** Function type 3: (a·x + b)^g from d upwards, c·x below; parameters g, a, b, c, d. */
function parametricCurve(parameters: readonly number[]): Buffer {
  const bytes = Buffer.concat([numbers('para', []), Buffer.alloc(4), numbers('para', parameters).subarray(8)]);
  bytes.writeUInt16BE(3, 8);
  return bytes;
}

/** One text in English, padded to a multiple of four bytes. */
function multiLocalized(text: string): Buffer {
  const words = Buffer.from(text, 'utf16le').swap16();
  const bytes = Buffer.alloc(Math.ceil((28 + words.length) / 4) * 4);
  bytes.write('mluc', 0, 'latin1');
  bytes.writeUInt32BE(1, 8);
  bytes.writeUInt32BE(12, 12);
  bytes.write('enUS', 16, 'latin1');
  bytes.writeUInt32BE(words.length, 20);
  bytes.writeUInt32BE(28, 24);
  words.copy(bytes, 28);
  return bytes;
}
