import { decompressFrame } from 'lz4-napi';

/** https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md */
const MAGIC = 0x184d2204;
/** Of the descriptor's first byte (FLG). */
const FLAG = { blockChecksum: 0x10, contentSize: 0x08, contentChecksum: 0x04, dictionary: 0x01 } as const;
/** By the number in bits 4 to 6 of its second byte (BD). */
const BLOCK_BYTES: Readonly<Record<number, number>> = { 4: 64 * 1024, 5: 256 * 1024, 6: 1024 ** 2, 7: 4 * 1024 ** 2 };
/** Each byte of a packed block stands for at most so many. */
const RATIO = 255;

/**
 * One LZ4 frame.
 * @throws Error damaged, or perhaps more than `limit` bytes
 */
export async function lz4(packed: Uint8Array, limit: number): Promise<Buffer> {
  // The library unpacks without a bound, so the frame is measured first.
  const { end, most } = measured(packed);
  if (most > limit) throw new RangeError(`it may hold ${most} bytes`);
  const unpacked = await decompressFrame(packed.subarray(0, end));
  if (unpacked.length > limit) throw new RangeError(`it holds ${unpacked.length} bytes`);
  return unpacked;
}

/** Where the frame ends, and the most bytes that it can hold: blocks say only how long they are when packed. */
function measured(packed: Uint8Array): { readonly end: number; readonly most: number } {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  if (view.getUint32(0, true) !== MAGIC) throw new RangeError('it is no LZ4 frame');
  const flags = view.getUint8(4);
  const blockBytes = BLOCK_BYTES[(view.getUint8(5) >> 4) & 7];
  if (blockBytes === undefined) throw new RangeError('its size of blocks is unknown');
  if (flags & FLAG.dictionary) throw new RangeError('it needs a dictionary');
  let at = 6;
  let stated = 0;
  if (flags & FLAG.contentSize) {
    stated = Number(view.getBigUint64(at, true));
    at += 8;
  }
  at += 1;
  let inBlocks = 0;
  for (;;) {
    const word = view.getUint32(at, true);
    at += 4;
    if (word === 0) break;
    // The highest bit says that the block is stored as it is.
    const bytes = word & 0x7fff_ffff;
    inBlocks += Math.min(blockBytes, bytes * RATIO);
    at += bytes + (flags & FLAG.blockChecksum ? 4 : 0);
  }
  if (flags & FLAG.contentChecksum) at += 4;
  if (at > packed.length) throw new RangeError('it ends within a block or its checksum');
  return { end: at, most: Math.max(stated, inBlocks) };
}
