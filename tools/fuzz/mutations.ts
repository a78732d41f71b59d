import type { Random } from './random.ts';

/** Changes bytes in one way. `other` is another file of the corpus. The input is never changed itself. */
export type Mutation = (bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array;

const EXTREMES = [
  0, 1, 2, 7, 8, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xfffe, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
];

export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  truncate: (bytes, random) => bytes.slice(0, random.below(bytes.length + 1)),
  'flip bits': (bytes, random) => {
    const changed = Uint8Array.from(bytes);
    for (let n = 1 + random.below(16); n > 0; n -= 1) flip(changed, random.below(changed.length), random);
    return changed;
  },
  'flip bits of the headers': (bytes, random) => {
    const changed = Uint8Array.from(bytes);
    for (let n = 1 + random.below(4); n > 0; n -= 1)
      flip(changed, random.below(Math.min(3000, changed.length)), random);
    return changed;
  },
  noise: (bytes, random) => {
    const changed = Uint8Array.from(bytes);
    const length = Math.min(changed.length, 1 + random.below(600));
    changed.set(random.bytes(length), random.below(changed.length - length + 1));
    return changed;
  },
  'take out': (bytes, random) => {
    const [from, to] = range(bytes, random);
    return joined(bytes.subarray(0, from), bytes.subarray(to));
  },
  'say twice': (bytes, random) => {
    const [from, to] = range(bytes, random);
    return joined(bytes.subarray(0, to), bytes.subarray(from));
  },
  splice: (bytes, random, other) =>
    joined(bytes.subarray(0, random.below(bytes.length + 1)), other.subarray(random.below(other.length + 1))),
  'extreme number': (bytes, random) => {
    const changed = Uint8Array.from(bytes);
    if (changed.length < 4) return changed;
    const view = new DataView(changed.buffer);
    const at = random.below(changed.length - 3);
    if (random.chance(0.5)) view.setUint16(at, random.pick(EXTREMES) & 0xffff, random.chance(0.8));
    else view.setUint32(at, random.pick(EXTREMES), random.chance(0.8));
    return changed;
  },
  'wrong length': (bytes, random) => {
    const changed = Uint8Array.from(bytes);
    const at = elementAt(changed, random);
    if (at === undefined) return changed;
    const view = new DataView(changed.buffer);
    const long = /O[BDFLVW]|SQ|U[CNRT]/.test(String.fromCharCode(changed[at + 4] ?? 0, changed[at + 5] ?? 0));
    if (long && at + 12 <= changed.length) view.setUint32(at + 8, random.pick(EXTREMES), true);
    else view.setUint16(at + 6, random.pick(EXTREMES) & 0xffff, true);
    return changed;
  },
  'false claim': (bytes, random) => {
    const changed = Uint8Array.from(bytes);
    const element = random.pick([0x0002, 0x0006, 0x0010, 0x0011, 0x0100, 0x0101, 0x0102, 0x0103]);
    const at = Buffer.from(changed.buffer).indexOf(Uint8Array.of(0x28, 0, element & 255, element >> 8));
    if (at < 0 || at + 10 > changed.length) return changed;
    new DataView(changed.buffer).setUint16(at + 8, random.pick([...EXTREMES, 3, 4, 12, 16, 32, 64]) & 0xffff, true);
    return changed;
  },
  'many frames': (bytes, random) => {
    const frames = random.pick(['0 ', '-1', '1000000 ', '9999999999', '1e9 ', 'many', '65535 ']);
    return insertedBefore(bytes, [0x28, 0, 0x10, 0], element(0x00280008, 'IS', Buffer.from(frames)));
  },
  'another syntax': (bytes, random) => {
    const text = Buffer.from(bytes).toString('latin1', 0, Math.min(bytes.length, 1000));
    const at = text.search(/1\.2\.840\.10008\.1\.2\.4\.\d\d\d?/);
    if (at < 0) return bytes;
    const changed = Uint8Array.from(bytes);
    const last = random.pick(['50', '51', '57', '70', '80', '81', '90', '91', '94']);
    changed.set(Buffer.from(last), at + '1.2.840.10008.1.2.4.'.length);
    return changed;
  },
  'nested sequences': (bytes, random) => {
    const depth = random.pick([1, 10, 63, 65, 300, 3000]);
    const opened = joined(element(0x00081140, 'SQ', new Uint8Array(), 0xffffffff), item(0xffffffff));
    return insertedBefore(bytes, [0x28, 0, 0x10, 0], joined(...Array<Uint8Array>(depth).fill(opened)));
  },
  'endless sequence': (bytes, random) => {
    const many = joined(...Array<Uint8Array>(random.pick([1, 100, 20_000])).fill(item(0)));
    return insertedBefore(bytes, [0x28, 0, 0x10, 0], joined(element(0x00081140, 'SQ', many, 0xffffffff)));
  },
  'hostile text': (bytes, random) => {
    const changed = Uint8Array.from(bytes);
    const at = elementAt(changed, random);
    const length = at === undefined ? 0 : (changed[at + 6] ?? 0) | ((changed[at + 7] ?? 0) << 8);
    if (at === undefined || length === 0 || at + 8 + length > changed.length) return changed;
    const text = random.pick([
      '../../etc/passwd',
      '<script>x</script>',
      '\u202e\u0007\x1b[31m',
      '__proto__',
      '1e999',
      'NaN\\NaN',
      '\\'.repeat(99),
    ]);
    changed.set(Buffer.from(text.padEnd(length)).subarray(0, length), at + 8);
    return changed;
  },
};

function flip(bytes: Uint8Array, at: number, random: Random): void {
  bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
}
function range(bytes: Uint8Array, random: Random): [number, number] {
  const from = random.below(bytes.length + 1);
  return [from, Math.min(bytes.length, from + 1 + random.below(2000))];
}
export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** Somewhere behind a random place: bytes that look like an element with explicit VR. */
function elementAt(bytes: Uint8Array, random: Random): number | undefined {
  const start = random.below(Math.max(1, Math.min(bytes.length, 4000)));
  const letter = (at: number): boolean => (bytes[at] ?? 0) >= 0x41 && (bytes[at] ?? 0) <= 0x5a;
  for (let at = start; at + 8 < bytes.length && at < start + 2000; at += 1) {
    if (letter(at + 4) && letter(at + 5) && (bytes[at + 1] ?? 1) === 0) return at;
  }
  return undefined;
}

/** An element with explicit VR, little-endian; `length` where it is to lie. */
export function element(tag: number, vr: string, value: Uint8Array, length = value.length): Uint8Array {
  const long = /O[BDFLVW]|SQ|U[CNRT]/.test(vr);
  const head = Buffer.alloc(long ? 12 : 8);
  head.writeUInt16LE(tag >>> 16, 0);
  head.writeUInt16LE(tag & 0xffff, 2);
  head.write(vr, 4, 'latin1');
  if (long) head.writeUInt32LE(length, 8);
  else head.writeUInt16LE(length & 0xffff, 6);
  return joined(head, value);
}
export function item(length: number, value: Uint8Array = new Uint8Array()): Uint8Array {
  const head = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0]);
  head.writeUInt32LE(length, 4);
  return joined(head, value);
}
function insertedBefore(bytes: Uint8Array, tag: readonly number[], inserted: Uint8Array): Uint8Array {
  const at = Buffer.from(bytes).indexOf(Uint8Array.from(tag));
  return at < 0 ? bytes : joined(bytes.subarray(0, at), inserted, bytes.subarray(at));
}
