import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import os from 'node:os';
import { afterEach, describe, expect, test } from 'vitest';
import { type Listening, listening } from './listening.ts';

const opened: Listening[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});
async function open(host: string, port = 0) {
  const one = await listening(
    createServer((_, response) => response.end('here')),
    { host, port, key: 'console.port' },
  );
  opened.push(one);
  return one;
}
const addresses = Object.values(os.networkInterfaces()).flatMap((all) => all?.map(({ address }) => address) ?? []);

describe('a server that listens', () => {
  test.each(['127.0.0.1', 'localhost', '0.0.0.0', '::1'].filter((host) => host !== '::1' || addresses.includes(host)))(
    'on %s answers at its URL',
    async (host) => {
      const { url } = await open(host);
      expect(await (await fetch(url)).text()).toBe('here');
    },
  );

  test.each([
    ['a port that is taken', async () => ['127.0.0.1', Number(new URL((await open('127.0.0.1')).url).port)] as const],
    ['a host that is none of ours', async () => ['203.0.113.1', 0] as const],
  ])('not, for %s, names the key', async (_, place) => {
    const [host, port] = await place();
    await expect(open(host, port)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(`console.port: cannot listen on ${host}:${port}`),
    });
  });

  test('closes under a request that hangs', async () => {
    const hangs = Promise.withResolvers<void>();
    const one = await listening(
      createServer(() => hangs.resolve()),
      { host: '127.0.0.1', port: 0, key: 'console.port' },
    );
    const broken = expect(fetch(one.url)).rejects.toThrow();
    await hangs.promise;
    await one.close();
    await broken;
  });

  test('closes under a connection that was upgraded, and whose client neither reads nor closes it', async () => {
    const server = createServer();
    const one = await listening(server, { host: '127.0.0.1', port: 0, key: 'console.port' });
    const upgraded = once(server, 'upgrade');
    const client = connect({ port: Number(new URL(one.url).port), allowHalfOpen: true });
    client.on('error', () => undefined);
    client.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n');
    const [, socket] = await upgraded;
    socket.end(Buffer.alloc(64 * 2 ** 20));
    await one.close();
    client.destroy();
  });
});
