import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { writeEnd, writePart } from '../multipart.ts';

export interface OutgoingPart {
  readonly type: string;
  readonly body: Uint8Array;
}

/**
 * Parts are made one at a time, when the one before has gone: memory holds one object, not the series. A client that goes
 * away ends it; a part that cannot be made breaks the connection, so that the client sees that something is missing.
 */
export async function sendMultipart(
  response: ServerResponse,
  type: string,
  parts: Iterable<() => Promise<OutgoingPart>>,
): Promise<void> {
  const boundary = randomUUID();
  response.writeHead(200, { 'content-type': `multipart/related; type="${type}"; boundary=${boundary}` });
  try {
    await pipeline(Readable.from(encoded(boundary, parts), { objectMode: true, highWaterMark: 1 }), response);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

async function* encoded(boundary: string, parts: Iterable<() => Promise<OutgoingPart>>): AsyncGenerator<Buffer> {
  for (const make of parts) {
    const { type, body } = await make();
    yield writePart(boundary, type, body);
  }
  yield writeEnd(boundary);
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
}
