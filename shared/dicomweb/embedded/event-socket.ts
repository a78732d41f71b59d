import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** RFC 6455 section 1.3. */
const MAGIC = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const TEXT = 0x81;
const CLOSE = 0x88;

/** One side of a WebSocket that only talks: what the client says is not read, but that it goes is noticed. */
export interface EventSocket {
  send(text: string): void;
  close(): void;
}

/** @returns undefined, after an answer, where the request asks for something else */
export function acceptWebSocket(request: IncomingMessage, socket: Duplex, onEnd: () => void): EventSocket | undefined {
  const key = request.headers['sec-websocket-key'];
  if (request.headers.upgrade?.toLowerCase() !== 'websocket' || !key) {
    refuseUpgrade(socket, '400 Bad Request');
    return undefined;
  }
  const accept = createHash('sha1')
    .update(key + MAGIC)
    .digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  const close = () => endWith(socket, Buffer.from([CLOSE, 0]));
  socket.on('data', (chunk: Buffer) => {
    if (chunk[0] === CLOSE) close();
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', onEnd);
  return {
    send: (text) => void socket.write(frame(Buffer.from(text))),
    close,
  };
}

export function refuseUpgrade(socket: Duplex, status: string): void {
  // Nobody else listens once it is upgraded, and a client that resets it must not end the process.
  socket.on('error', () => socket.destroy());
  endWith(socket, `HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
}

/** Not left half open: the client may never close its side. */
function endWith(socket: Duplex, last: string | Buffer): void {
  socket.end(last, () => socket.destroy());
}

/** Section 5.2: a server's frames are not masked. */
function frame(payload: Buffer): Buffer {
  if (payload.length < 126) return Buffer.concat([Buffer.from([TEXT, payload.length]), payload]);
  const head = Buffer.alloc(4);
  head.writeUInt8(TEXT, 0);
  head.writeUInt8(126, 1);
  // Event reports are short: 65,535 bytes are enough.
  head.writeUInt16BE(payload.length, 2);
  return Buffer.concat([head, payload]);
}
