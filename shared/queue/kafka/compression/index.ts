import { promisify } from 'node:util';
import { unzip, zstdDecompress } from 'node:zlib';
import { MaskwrightError, messageOf } from '@maskwright/errors';
import kafkajs from 'kafkajs';
import { lz4 } from './lz4.ts';
import { snappy } from './snappy.ts';
import { standIn } from './stand-in.ts';

export type Compression = 'gzip' | 'snappy' | 'lz4' | 'zstd';

// Node does not see these two among the named exports.
const { CompressionCodecs, CompressionTypes } = kafkajs;

/** Rejects where more than `limit` bytes would come out, before they take memory. */
export type Unpack = (packed: Uint8Array, limit: number) => Promise<Buffer>;

/**
 * Bytes of one batch when it is unpacked. Producers keep theirs to a megabyte (max.request.size and its likes) unless they
 * are told otherwise; whatever needs more than this is no batch of notices or jobs.
 */
const LIMIT = 64 * 1024 ** 2;

const UNPACK: Readonly<Record<Compression, Unpack>> = {
  gzip: (packed, limit) => promisify(unzip)(packed, { maxOutputLength: limit }),
  snappy,
  lz4,
  zstd: (packed, limit) => promisify(zstdDecompress)(packed, { maxOutputLength: limit }),
};

/**
 * Lets kafkajs read every compression that Kafka has; by itself it reads gzip alone, and that without a bound. kafkajs has
 * one table of codecs for the whole process: to call this again changes nothing. Nothing of ours is sent compressed.
 */
export function readEveryCompression(): void {
  CompressionCodecs[CompressionTypes.GZIP] = () => reader('gzip');
  CompressionCodecs[CompressionTypes.Snappy] = () => reader('snappy');
  CompressionCodecs[CompressionTypes.LZ4] = () => reader('lz4');
  CompressionCodecs[CompressionTypes.ZSTD] = () => reader('zstd');
}

function reader(compression: Compression) {
  return {
    async decompress(packed: Buffer): Promise<Buffer> {
      try {
        return await unpack(compression, packed, LIMIT);
      } catch (error) {
        // Where this machine lacks the memory, the batch is not to blame.
        const message = messageOf(error);
        const instead = /memory|alloc/i.test(message) ? undefined : standIn(packed, message);
        if (instead === undefined) throw error;
        return instead;
      }
    },
  };
}

/**
 * The records of a batch as its producer wrote them.
 * @throws MaskwrightError QUEUE_UNREADABLE: damaged, or larger than `limit` bytes
 */
export async function unpack(compression: Compression, packed: Uint8Array, limit: number): Promise<Buffer> {
  try {
    return await UNPACK[compression](packed, limit);
  } catch (error) {
    const reason = messageOf(error);
    const what = `a batch of ${packed.length} bytes does not unpack (${compression}, to ${limit} bytes at most)`;
    // Without `cause`: kafkajs would give on that one in the place of this error. `retriable: false` is its word for giving
    // it on at once; otherwise it tries for ever by itself, and only says so.
    throw Object.assign(new MaskwrightError('QUEUE_UNREADABLE', `Kafka: ${what}: ${reason}`), { retriable: false });
  }
}
