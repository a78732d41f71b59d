import { z } from 'zod';

/** A batch whose records cannot be had. */
const unreadableSchema = z.object({
  firstOffset: z.string(),
  lastOffset: z.string(),
  reason: z.string(),
  /** Its checksum is right: so it was sent, and will never be anything else. Otherwise something has damaged it since. */
  isAsSent: z.boolean(),
});
export type UnreadableBatch = z.infer<typeof unreadableSchema>;

/**
 * A record batch (https://kafka.apache.org/documentation/#recordbatch), from its first byte on: offset of the first record
 * (0), length from byte 12 on (8), magic (16), CRC-32C of all after it (17), attributes (21), offset of the last record from
 * the first (23), number of records (57). Then the records, packed.
 */
const AT = { firstOffset: 0, length: 8, magic: 16, checksum: 17, checked: 21, lastDelta: 23, count: 57 } as const;
const HEADER_BYTES = 61;
const MAGIC = 2;
/** More records than this in one batch are not believed. */
const MOST_RECORDS = 1_000_000;
const HEADER = 'maskwright-unreadable-batch';

/**
 * What kafkajs is given in the place of a batch that does not unpack: so many records as it expects, all with the offset of
 * the batch's last one and without a value; the first tells about the batch, the others are repetitions. So the batch comes
 * to whoever reads the topic as a message does, with topic and partition, which kafkajs tells no decompressor.
 * @param packed as kafkajs hands it over: a part of the answer that the broker gave, in which the batch's header is before it
 * @returns undefined where that is not so, and the batch cannot be told from any other bytes
 */
export function standIn(packed: Uint8Array, reason: string): Buffer | undefined {
  if (packed.byteOffset < HEADER_BYTES) return undefined;
  const batch = Buffer.from(packed.buffer, packed.byteOffset - HEADER_BYTES, HEADER_BYTES + packed.length);
  const count = batch.readInt32BE(AT.count);
  const isHeader = batch.readInt8(AT.magic) === MAGIC && batch.readInt32BE(AT.length) === batch.length - 12;
  if (!isHeader || count < 1 || count > MOST_RECORDS) return undefined;
  const firstOffset = batch.readBigInt64BE(AT.firstOffset);
  const lastDelta = batch.readInt32BE(AT.lastDelta);
  const told: UnreadableBatch = {
    firstOffset: String(firstOffset),
    lastOffset: String(firstOffset + BigInt(lastDelta)),
    reason,
    isAsSent: crc32c(batch.subarray(AT.checked)) === batch.readUInt32BE(AT.checksum),
  };
  const rest = Array<Buffer>(count - 1).fill(record(lastDelta, {}));
  return Buffer.concat([record(lastDelta, { [HEADER]: JSON.stringify(told) }), ...rest]);
}

/** The batch that a message stands for; undefined where it is a message as any other. */
export function unreadableBatch({
  value,
  headers,
}: {
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, unknown>> | undefined;
}): UnreadableBatch | undefined {
  const told = headers?.[HEADER];
  if (value !== null || !Buffer.isBuffer(told)) return undefined;
  try {
    return unreadableSchema.parse(JSON.parse(told.toString()));
  } catch {
    // A sender's own header of this name.
    return undefined;
  }
}

/** https://kafka.apache.org/documentation/#record, without key and value. */
function record(offsetDelta: number, headers: Readonly<Record<string, string>>): Buffer {
  const attributes = Buffer.from([0]);
  const listed = Object.entries(headers).flatMap(([name, text]) => [sized(name), sized(text)]);
  const NONE = varint(-1);
  const fields = [attributes, varint(0), varint(offsetDelta), NONE, NONE, varint(listed.length / 2), ...listed];
  const body = Buffer.concat(fields);
  return Buffer.concat([varint(body.length), body]);
}

function sized(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([varint(bytes.length), bytes]);
}

/** Zigzag, seven bits in a byte, the lowest first. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = ((value << 1) ^ (value >> 31)) >>> 0;
  for (; left >= 0x80; left >>>= 7) bytes.push((left & 0x7f) | 0x80);
  return Buffer.from([...bytes, left]);
}

/** The Castagnoli polynomial, its bits reversed; only for batches that do not unpack, so a bit at a time is fast enough. */
const POLYNOMIAL = 0x82f63b78;
function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
