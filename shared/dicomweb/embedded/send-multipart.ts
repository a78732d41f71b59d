import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { writeEnd, writePart } from '../multipart.ts';

export interface OutgoingPart {
  readonly type: string;
  readonly body: Uint8Array;
}

/** Parts are made one at a time, when the one before has gone: memory holds one object, not the series. */
export async function sendMultipart(
  response: ServerResponse,
  type: string,
  parts: readonly (() => Promise<OutgoingPart>)[],
): Promise<void> {
  const boundary = randomUUID();
  response.writeHead(200, { 'content-type': `multipart/related; type="${type}"; boundary=${boundary}` });
  for (const make of parts) {
    const part = await make();
    if (!response.write(writePart(boundary, part.type, part.body))) await once(response, 'drain');
  }
  response.end(writeEnd(boundary));
}
