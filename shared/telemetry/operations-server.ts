import { createServer } from 'node:http';
import { codeOf } from '@maskwright/errors';
import { type Listening, listening } from '@maskwright/http';
import type { Telemetry } from './telemetry.ts';

/**
 * `/metrics` for Prometheus, `/livez` (the process answers) and `/readyz` (it can do its work; where not: 503 and the reasons,
 * a line each), for Kubernetes' probes. What is away or full is no reason to kill the process: `/livez` knows nothing of it.
 * @throws MaskwrightError CONFIG_INVALID where the port is taken
 */
export async function startOperationsServer(options: {
  readonly telemetry: Telemetry;
  readonly port: number;
  readonly host: string;
  /** Why the process cannot do its work; empty when it can. */
  readonly unready: () => readonly string[];
}): Promise<Listening> {
  const { telemetry, host, port, unready } = options;
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
    const [status, body] = await answer().catch((error: unknown): [number, string] => {
      telemetry.log.error({ code: codeOf(error), path: request.url }, 'a probe could not be answered');
      return [500, 'see the log\n'];
    });
    response.writeHead(status, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(body);
  });
  return listening(server, { host, port, key: 'telemetry.operationsPort' });
}

function readinessOf(reasons: readonly string[]): [number, string] {
  if (reasons.length === 0) return [200, 'ready\n'];
  return [503, ['not ready', ...reasons, ''].join('\n')];
}
