import { createServer } from 'node:http';
import type { Telemetry } from './telemetry.ts';

export interface OperationsServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * `/metrics` for Prometheus, `/livez` (the process answers) and `/readyz` (it can do its work; where not: 503 and the reasons,
 * a line each), for Kubernetes' probes. What is away or full is no reason to kill the process: `/livez` knows nothing of it.
 */
export async function startOperationsServer(options: {
  readonly telemetry: Telemetry;
  readonly port: number;
  readonly host: string;
  /** Why the process cannot do its work; empty when it can. */
  readonly unready: () => readonly string[];
}): Promise<OperationsServer> {
  const { telemetry, unready } = options;
  const server = createServer(async (request, response) => {
    const answer = async (): Promise<[number, string]> => {
      switch (request.url) {
        case '/metrics':
          return [200, await telemetry.metricsText()];
        case '/livez':
          return [200, 'alive\n'];
        case '/readyz':
          return readinessOf(unready());
        default:
          return [404, 'see /metrics, /livez, /readyz\n'];
      }
    };
    const [status, body] = await answer();
    response.writeHead(status, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(body);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : options.port;
  return {
    url: `http://${options.host}:${port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function readinessOf(reasons: readonly string[]): [number, string] {
  if (reasons.length === 0) return [200, 'ready\n'];
  return [503, ['not ready', ...reasons, ''].join('\n')];
}
