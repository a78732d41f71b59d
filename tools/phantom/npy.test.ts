import { expect, test } from 'vitest';
import { encodeNpy } from './npy.ts';

test('a .npy file: magic, a header padded to 64 bytes, then the masks one after the other', () => {
  const bytes = encodeNpy([Uint8Array.of(0, 1, 1, 0), Uint8Array.of(1, 1, 0, 0)], [1, 2, 2]);
  expect([...bytes.subarray(0, 8)]).toEqual([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  const start = 10 + (bytes[8] ?? 0) + 256 * (bytes[9] ?? 0);
  expect(start % 64).toBe(0);
  const header = Buffer.from(bytes.subarray(10, start)).toString('latin1');
  expect(header).toMatch(/^\{'descr': '\|b1', 'fortran_order': False, 'shape': \(2, 1, 2, 2\), \} *\n$/);
  expect([...bytes.subarray(start)]).toEqual([0, 1, 1, 0, 1, 1, 0, 0]);
});
