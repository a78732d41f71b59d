import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { MaskwrightError } from '@maskwright/errors';
import fc from 'fast-check';
import { compressFrameSync } from 'lz4-napi';
import { compressSync as snappyBlock } from 'snappy';
import { describe, expect, test } from 'vitest';
import { type Compression, unpack } from './index.ts';

const MEBIBYTE = 1024 ** 2;
/** testdata/SOURCE.md says what made the files. */
const text = Array.from({ length: 1800 }, (_, n) => `{"schema":"maskwright.study-notice/1","study":"1.2.${n}"}\n`).join(
  '',
);
const file = (name: string) => readFileSync(path.join(import.meta.dirname, 'testdata', name));
const unreadable = { code: 'QUEUE_UNREADABLE', retryable: true };

describe('what others have packed', () => {
  const files: readonly (readonly [string, Compression])[] = [
    ['kafka-java.gzip', 'gzip'],
    ['kafka-java.snappy', 'snappy'],
    ['bare.snappy', 'snappy'],
    ['kafka-java.lz4', 'lz4'],
    ['linked.lz4', 'lz4'],
    ['kafka-java.zstd', 'zstd'],
  ];

  test.each(files)('%s is read as it was written', async (name, compression) => {
    expect((await unpack(compression, file(name), MEBIBYTE)).toString()).toBe(text);
  });

  test.each(files)('%s is refused where it holds more than the limit', async (name, compression) => {
    await expect(unpack(compression, file(name), text.length - 1)).rejects.toMatchObject(unreadable);
  });

  test.each(files)('%s is refused where its end is missing', async (name, compression) => {
    const whole = file(name);
    for (const missing of [1, 3, 100, whole.length - 20, whole.length - 3])
      await expect(unpack(compression, whole.subarray(0, whole.length - missing), MEBIBYTE)).rejects.toMatchObject(
        unreadable,
      );
  });

  test.each(files)('%s with any byte changed takes no more than the limit, and fails by name', async (name, kind) => {
    const whole = file(name);
    const spot = fc.nat({ max: whole.length - 1 });
    await fc.assert(
      fc.asyncProperty(spot, fc.nat({ max: 255 }), async (at, byte) => {
        const changed = Buffer.from(whole);
        changed[at] = byte;
        await expectBoundedOrNamed(kind, changed);
      }),
      { numRuns: 100 },
    );
  });
});

test('a header of snappy-java with no block after it is nothing; streams that follow each other are one', async () => {
  const stream = file('kafka-java.snappy');
  expect(await unpack('snappy', stream.subarray(0, 16), MEBIBYTE)).toHaveLength(0);
  expect((await unpack('snappy', Buffer.concat([stream, stream]), MEBIBYTE)).toString()).toBe(text + text);
});

describe('little that would become much', () => {
  const zeros = Buffer.alloc(8 * MEBIBYTE);
  const bombs: readonly (readonly [string, Compression, Uint8Array])[] = [
    ['gzip', 'gzip', gzipSync(zeros)],
    ['one block of Snappy', 'snappy', snappyBlock(zeros)],
    ['many blocks of Snappy', 'snappy', xerial(Array(9).fill(snappyBlock(zeros.subarray(0, MEBIBYTE))))],
    ['Snappy that says it is 4 GiB', 'snappy', Buffer.from('ffffffff0f', 'hex')],
    ['LZ4', 'lz4', compressFrameSync(zeros)],
    ['LZ4 that says it is 4 GiB', 'lz4', Buffer.from('04224d186c400000000001000000000000000000', 'hex')],
    ['zstd', 'zstd', zstdCompressSync(zeros)],
  ];
  test.each(bombs)('%s is refused', async (_, compression, packed) => {
    expect(packed.length).toBeLessThan(MEBIBYTE);
    await expect(unpack(compression, packed, 7 * MEBIBYTE)).rejects.toMatchObject(unreadable);
  });
});

test.each<Compression>(['gzip', 'snappy', 'lz4', 'zstd'])('%s: any bytes at all fail by name', async (compression) => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (packed) => {
      await expectBoundedOrNamed(compression, packed);
    }),
  );
});

async function expectBoundedOrNamed(compression: Compression, packed: Uint8Array): Promise<void> {
  try {
    expect((await unpack(compression, packed, MEBIBYTE)).length).toBeLessThanOrEqual(MEBIBYTE);
  } catch (error) {
    if (!(error instanceof MaskwrightError)) throw error;
    expect(error).toMatchObject(unreadable);
  }
}

function xerial(blocks: readonly Buffer[]): Buffer {
  const withLength = blocks.flatMap((block) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(block.length);
    return [length, block];
  });
  return Buffer.concat([file('kafka-java.snappy').subarray(0, 16), ...withLength]);
}
