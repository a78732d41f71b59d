import { createServer } from 'node:http';
import path from 'node:path';
import { describeError, MaskwrightError } from '@maskwright/errors';
import type { Telemetry } from '@maskwright/telemetry';
import express, { type NextFunction, type Request, type Response } from 'express';
import { api } from './api.ts';
import type { RepromptDeps } from './reprompt.ts';
import { SeriesShelf } from './series-shelf.ts';
import { Worklist } from './worklist.ts';

export interface ConsoleDeps extends RepromptDeps {
  readonly telemetry: Telemetry;
}
export interface ConsoleServer {
  readonly url: string;
  close(): Promise<void>;
}

const HEADERS = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' blob:; object-src 'none'; frame-ancestors 'none'; base-uri 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/**
 * The page and its API. It has no login of its own: it listens on this machine only unless told otherwise.
 * @throws MaskwrightError CONFIG_INVALID where the port is taken
 */
export async function startConsole(
  deps: ConsoleDeps,
  options: { readonly host: string; readonly port: number },
): Promise<ConsoleServer> {
  const worklist = new Worklist();
  const stop = new AbortController();
  const reading = follow(deps, worklist, stop.signal);
  const server = createServer(application(deps, worklist));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new MaskwrightError('CONFIG_INVALID', `console.port: cannot listen on ${options.host}:${options.port}`, {
          cause,
        }),
      ),
    );
    server.listen(options.port, options.host, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : options.port;
  return {
    url: `http://${options.host}:${port}`,
    async close() {
      stop.abort();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await reading;
    },
  };
}

async function follow(deps: ConsoleDeps, worklist: Worklist, signal: AbortSignal): Promise<void> {
  try {
    for await (const event of deps.queue.events.read(signal)) worklist.add(event);
  } catch (error) {
    if (!signal.aborted) deps.telemetry.log.error(`the log of events cannot be read: ${describeError(error)}`);
  }
}

function application(deps: ConsoleDeps, worklist: Worklist): express.Express {
  const app = express().disable('x-powered-by');
  app.use((_, response, next) => {
    response.set(HEADERS);
    next();
  });
  app.get('/livez', (_, response) => void response.type('text').send('alive\n'));
  app.use(
    '/api',
    sameOrigin,
    express.json({ limit: '16kb', strict: true }),
    api({ ...deps, worklist, shelf: new SeriesShelf(deps.archive) }),
  );
  app.use(express.static(path.join(import.meta.dirname, 'web'), { index: 'index.html' }));
  app.use((error: unknown, _: Request, response: Response, __: NextFunction) => {
    const known = error instanceof MaskwrightError;
    const status = known ? (error.retryable ? 503 : 422) : statusOf(error);
    if (status >= 500) deps.telemetry.log.warn({ code: known ? error.code : 'UNEXPECTED' }, describeError(error));
    response.status(status).json({ error: known ? describeError(error) : 'the request cannot be answered' });
  });
  return app;
}

/** A page of another site must not make this one's user re-prompt. */
function sameOrigin(request: Request, response: Response, next: NextFunction): void {
  const { origin, host } = request.headers;
  if (request.method === 'GET' || origin === undefined || new URL(origin).host === host) next();
  else response.status(403).json({ error: 'requests from other sites are refused' });
}

/** Express's own errors (a body that is no JSON, or too long) carry their status. */
function statusOf(error: unknown): number {
  return error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : 500;
}
