import { createServer, type Server } from 'node:net';

/** The first of `count` consecutive ports that are free now. */
export async function freePorts(count: number): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    // Below the range that the system gives to outgoing connections.
    const first = 12_000 + Math.floor(Math.random() * 18_000);
    const servers = await Promise.allSettled(Array.from({ length: count }, (_, index) => listen(first + index)));
    for (const server of servers) if (server.status === 'fulfilled') await close(server.value);
    if (servers.every(({ status }) => status === 'fulfilled')) return first;
  }
  throw new Error(`no ${count} consecutive free ports`);
}

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
