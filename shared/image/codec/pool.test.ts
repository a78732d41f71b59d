import { describe, expect, test } from 'vitest';
import type { DecodeRequest } from './message.ts';
import { codecPool } from './pool.ts';

const options = { processes: 1, memoryMiB: 256, timeoutMs: 4_000, idleMs: 1_000 };
const claimed = {
  rows: 8,
  columns: 8,
  samples: 1,
  bitsAllocated: 8,
  bitsStored: 8,
  signed: false,
  photometric: 'MONOCHROME2',
};

/** A baseline JPEG of one block that says: middle grey. */
function grayJpeg(side = 8): Uint8Array {
  const segment = (mark: number, ...body: number[]): number[] => [0xff, mark, 0, body.length + 2, ...body];
  const table = [1, ...Array<number>(15).fill(0), 0];
  return Uint8Array.from([
    ...[0xff, 0xd8],
    ...segment(0xdb, 0, ...Array<number>(64).fill(1)),
    ...segment(0xc0, 8, side >> 8, side & 255, side >> 8, side & 255, 1, 1, 0x11, 0),
    ...segment(0xc4, 0, ...table),
    ...segment(0xc4, 0x10, ...table),
    ...segment(0xda, 1, 1, 0, 0, 63, 0),
    ...[0x3f, 0xff, 0xd9],
  ]);
}
const gray: DecodeRequest = { codec: 'jpeg', codestream: grayJpeg(), claimed };
/** Sixteen million pixels of nothing: a decoder works on them for longer than it is looked at. */
const slow: DecodeRequest = {
  codec: 'jpeg',
  codestream: grayJpeg(4096),
  claimed: { ...claimed, rows: 4096, columns: 4096 },
};
const garbage: DecodeRequest = {
  codec: 'jpeg-2000',
  codestream: Uint8Array.from({ length: 500 }, (_, at) => (at * 37) & 255),
  claimed,
};

describe('decoding in processes of their own', () => {
  test('a codestream comes back as values, and many wait for one process', async () => {
    const pool = codecPool(options);
    const decoded = await Promise.all(Array.from({ length: 5 }, () => pool.decode(gray)));
    for (const { bytes, rows, columns } of decoded) {
      expect({ rows, columns, values: [...new Set(bytes)] }).toEqual({ rows: 8, columns: 8, values: [128] });
    }
    pool.close();
  });

  test('what no decoder can read is refused by name, and those who wait behind it get theirs', async () => {
    const pool = codecPool(options);
    const [bad, good] = await Promise.allSettled([pool.decode(garbage), pool.decode(gray)]);
    expect(bad).toMatchObject({
      status: 'rejected',
      reason: { code: 'PIXELS_CORRUPT', message: expect.stringMatching(/^JPEG 2000 codestream cannot be decoded/) },
    });
    expect(good.status).toBe('fulfilled');
    pool.close();
  });

  test('a decoder that does not end is ended', async () => {
    const pool = codecPool({ ...options, timeoutMs: 0 });
    await expect(pool.decode(slow)).rejects.toMatchObject({
      code: 'PIXELS_CORRUPT',
      message: expect.stringMatching(/no end within 0\.0 s/),
    });
    pool.close();
  });

  test('a decoder gets no more memory than it may have', async () => {
    const pool = codecPool({ ...options, memoryMiB: 1 });
    await expect(pool.decode(gray)).rejects.toMatchObject({ code: 'PIXELS_CORRUPT' });
    pool.close();
  });

  test('a process without work ends, and the next codestream starts another', async () => {
    const pool = codecPool({ ...options, idleMs: 0 });
    await pool.decode(gray);
    await expect(pool.decode(gray)).resolves.toMatchObject({ rows: 8 });
    pool.close();
  });
});
