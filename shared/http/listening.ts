import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { MaskwrightError } from '@maskwright/errors';

/** Where a server is to listen. */
export interface Place {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Of the configuration, that a person corrects where it cannot listen there, e.g. console.port. */
  readonly key: string;
}
export interface Listening {
  /** Origin, without a slash at its end. */
  readonly url: string;
  /** Ends the connections too, whatever is under way on them, also those that were upgraded. */
  close(): Promise<void>;
}

/** @throws MaskwrightError CONFIG_INVALID naming the key, where the port is taken or the host is not this machine's */
export async function listening(server: Server, { host, port, key }: Place): Promise<Listening> {
  const connections = new Set<Socket>();
  server.on('connection', (socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? ` (${cause.code})` : '';
    throw new MaskwrightError('CONFIG_INVALID', `${key}: cannot listen on ${host}:${port}${reason}`, { cause });
  }
  const address = server.address();
  const taken = typeof address === 'object' && address ? address.port : port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // Not closeAllConnections: it leaves out those that were upgraded.
        for (const socket of connections) socket.destroy();
      }),
  };
}
