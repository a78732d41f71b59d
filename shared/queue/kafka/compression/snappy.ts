import { uncompress } from 'snappy';

/** Of snappy-java's stream: `\x82SNAPPY\0`, then its version and the oldest version that reads it. */
const MAGIC = Buffer.from('82534e4150505900', 'hex');
const HEADER_BYTES = MAGIC.length + 8;

/**
 * Snappy as Kafka's producers write it: the Java client a stream of snappy-java ("Xerial": a header, then blocks, each
 * after its length as four bytes, big-endian), librdkafka and others one bare block.
 * @throws Error damaged, or more than `limit` bytes
 */
export async function snappy(packed: Uint8Array, limit: number): Promise<Buffer> {
  const blocks = hasMagic(packed, 0) ? xerialBlocks(packed) : [packed];
  // All lengths are looked at before anything is unpacked: the library makes room for whatever a block says of itself.
  const bytes = blocks.reduce((sum, block) => sum + unpackedLength(block), 0);
  if (bytes > limit) throw new RangeError(`it says that it holds ${bytes} bytes`);
  const pieces: Buffer[] = [];
  for (const block of blocks) {
    const piece = await uncompress(block, { asBuffer: true });
    pieces.push(typeof piece === 'string' ? Buffer.from(piece) : piece);
  }
  return Buffer.concat(pieces);
}

function xerialBlocks(packed: Uint8Array): Uint8Array[] {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < packed.length; ) {
    // Streams may follow each other, each with its header.
    if (hasMagic(packed, at)) {
      at += HEADER_BYTES;
      continue;
    }
    if (at + 4 > packed.length) throw new RangeError('it ends within the length of a block');
    const end = at + 4 + view.getUint32(at);
    if (end > packed.length) throw new RangeError('it ends within a block');
    blocks.push(packed.subarray(at + 4, end));
    at = end;
  }
  return blocks;
}

function hasMagic(packed: Uint8Array, at: number): boolean {
  return MAGIC.equals(packed.subarray(at, at + MAGIC.length));
}

/** What a block begins with: a little-endian number of 32 bits, seven in a byte. https://github.com/google/snappy/blob/main/format_description.txt */
function unpackedLength(block: Uint8Array): number {
  let length = 0;
  for (const [index, byte] of block.subarray(0, 5).entries()) {
    length += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return length;
  }
  throw new RangeError('a block does not say how long it is');
}
