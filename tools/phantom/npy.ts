/** Masks of the same size as one NumPy file of bool, (masks, …shape), format version 1.0. */
export function encodeNpy(masks: readonly Uint8Array[], shape: readonly number[]): Uint8Array {
  const header = `{'descr': '|b1', 'fortran_order': False, 'shape': (${[masks.length, ...shape].join(', ')}), }`;
  const start = Math.ceil((10 + header.length + 1) / 64) * 64;
  const preamble = Buffer.alloc(start, ' ');
  Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0]).copy(preamble);
  preamble.writeUInt16LE(start - 10, 8);
  preamble.write(header, 10, 'latin1');
  preamble[start - 1] = 0x0a;
  return Buffer.concat([preamble, ...masks]);
}
