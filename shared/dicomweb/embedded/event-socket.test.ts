import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type EmbeddedArchive, startEmbeddedArchive } from './server.ts';

const elsewhere = { origin: 'https://evil.example' };
/** Of a WebSocket whose client closes it: masked (RFC 6455 section 5.1), without a body. */
const CLOSE_FRAME = Buffer.from([0x88, 0x80, 0, 0, 0, 0]);

async function withArchive<T>(work: (archive: EmbeddedArchive) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'maskwright-archive-'));
  const archive = await startEmbeddedArchive({ directory });
  try {
    return await work(archive);
  } finally {
    await archive.close();
    await rm(directory, { recursive: true });
  }
}

/** A connection that asks for events, and stays half open where the archive closes its side. */
async function ask({ url }: EmbeddedArchive, headers: Readonly<Record<string, string>>): Promise<Socket> {
  const { port, host, pathname } = new URL(url);
  const socket = connect({ port: Number(port), allowHalfOpen: true });
  const all = {
    host,
    connection: 'upgrade',
    upgrade: 'websocket',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'sec-websocket-version': '13',
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`GET ${pathname}/subscribers/a HTTP/1.1\r\n${lines.join('')}\r\n`);
  await once(socket, 'connect');
  return socket;
}

describe('a connection that asks for events', () => {
  const answers = [
    ['refused', elsewhere, 'HTTP/1.1 403', ''],
    ['accepted', {}, 'HTTP/1.1 101', '\x88\x00'],
  ] as const;

  test.each(answers)('and is reset at once leaves the archive running: %s', (_, headers) =>
    withArchive(async (archive) => {
      for (let count = 0; count < 200; count += 1) (await ask(archive, headers)).resetAndDestroy();
      expect((await fetch(`${archive.url}/studies`)).status).toBe(200);
    }),
  );

  test.each(answers)(
    'and stays half open is answered to its end, and holds up none: %s',
    async (_, headers, ...said) => {
      const heard: Buffer[] = [];
      const { ended } = await withArchive(async (archive) => {
        const socket = await ask(archive, headers);
        onTestFinished(() => void socket.destroy());
        socket.on('data', (chunk: Buffer) => heard.push(chunk));
        const ended = once(socket, 'end');
        await once(socket, 'data');
        return { ended };
      });
      await ended;
      const [head, body] = Buffer.concat(heard).toString('latin1').split('\r\n\r\n');
      expect([head?.slice(0, 12), body]).toEqual(said);
    },
  );

  test('and stays half open after its client closed the WebSocket is no listener any more', () =>
    withArchive(async (archive) => {
      const socket = await ask(archive, {});
      await once(socket, 'data');
      expect(archive.listeners()).toBe(1);
      socket.write(CLOSE_FRAME);
      await expect.poll(() => archive.listeners()).toBe(0);
      socket.destroy();
    }));
});
