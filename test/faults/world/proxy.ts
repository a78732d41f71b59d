import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * A TCP proxy that can misbehave, between a service and what it talks to.
 * - `latencyMs`: every chunk comes so much later, either way
 * - `bytesPerSecond`: no faster than this, for each connection and way
 * - `halfOpen`: connections are taken and stay open, and nothing passes
 * - `refuse`: new connections are reset
 * - `cutAfterBytes`: a connection breaks when so much of the answer has passed
 */
export interface Weather {
  readonly latencyMs?: number;
  readonly bytesPerSecond?: number;
  readonly halfOpen?: boolean;
  readonly refuse?: boolean;
  readonly cutAfterBytes?: number;
}

export interface WeatherProxy {
  readonly port: number;
  /** From now on, for connections that are open too. */
  set(weather: Weather): void;
  /** Breaks all that are open, as a switch that restarts does. */
  cutAll(): void;
  close(): Promise<void>;
}

export async function startProxy(port: number, target: () => number): Promise<WeatherProxy> {
  let weather: Weather = {};
  const open = new Set<Socket>();
  const server = createServer({ noDelay: true }, (client) => {
    if (weather.refuse) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect({ port: target(), host: '127.0.0.1', noDelay: true });
    const pair = [client, upstream];
    const end = () => {
      for (const socket of pair) socket.destroy();
    };
    for (const socket of pair) {
      open.add(socket);
      socket.on('error', end);
      socket.on('close', () => {
        open.delete(socket);
        end();
      });
    }
    void pass(client, upstream, () => weather, false).finally(end);
    void pass(upstream, client, () => weather, true).finally(end);
  });
  await listen(server, port);
  return {
    port,
    set(next) {
      weather = next;
    },
    cutAll() {
      for (const socket of open) socket.resetAndDestroy();
    },
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function pass(from: Socket, to: Socket, weather: () => Weather, isAnswer: boolean): Promise<void> {
  let passed = 0;
  try {
    for await (const chunk of from) {
      const bytes: Buffer = chunk;
      while (weather().halfOpen && !to.destroyed) await wait(50);
      const { latencyMs = 0, bytesPerSecond, cutAfterBytes } = weather();
      const delay = latencyMs + (bytesPerSecond === undefined ? 0 : (bytes.length / bytesPerSecond) * 1000);
      if (delay > 0) await wait(delay);
      passed += bytes.length;
      if (isAnswer && cutAfterBytes !== undefined && passed > cutAfterBytes) return;
      if (to.destroyed) return;
      if (!to.write(bytes)) await new Promise((resolve) => to.once('drain', resolve).once('close', resolve));
    }
    to.end();
    await new Promise((resolve) => to.once('close', resolve));
  } catch {
    // Either side broke off: the other is broken off too.
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
