import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { isLoopback } from '@maskwright/dicomweb';
import { MaskwrightError } from '@maskwright/errors';
import express, { type Express } from 'express';
import { type ApiParts, api } from './api.ts';
import type { ConsoleDeps } from './deps.ts';
import { Drift, publishDrift } from './drift/index.ts';
import { LiveStreams } from './live.ts';
import { Pictures } from './pictures.ts';
import { answerErrors, loopbackNamesOnly, securityHeaders } from './rim.ts';
import { SeriesFacts } from './series-facts.ts';
import { Worklist } from './worklist.ts';
import { followEvents } from './worklist-feed.ts';

export interface ConsoleOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}
export interface ConsoleServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * The page and its API. The worklist is folded from the event log, pictures come from the archive; nothing is kept.
 * It has no login of its own: it listens on this machine only unless told otherwise.
 * @throws MaskwrightError CONFIG_INVALID where the port is taken
 */
export async function startConsole(deps: ConsoleDeps, options: ConsoleOptions): Promise<ConsoleServer> {
  const stop = new AbortController();
  const worklist = new Worklist();
  const drift = new Drift();
  const streams = new LiveStreams(worklist);
  const parts = { worklist, drift, streams, pictures: new Pictures(deps), facts: new SeriesFacts(deps.archive) };
  const server = createServer(application(deps, parts, isLoopback(options.host)));
  await listen(server, options);
  const following = followEvents(deps, [worklist, drift], stop.signal);
  const withdraw = publishDrift(drift, deps.telemetry);
  return {
    url: urlOf(server, options.host),
    async close() {
      stop.abort();
      withdraw();
      streams.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await Promise.all([closed, following]);
    },
  };
}

function application(deps: ConsoleDeps, parts: ApiParts, loopbackOnly: boolean): Express {
  const app = express().disable('x-powered-by').set('etag', false);
  app.use(securityHeaders);
  app.get('/livez', (_request, response) => {
    response.type('text').send('alive\n');
  });
  if (loopbackOnly) app.use(loopbackNamesOnly);
  app.use('/api', api(deps, parts));
  const web = path.join(import.meta.dirname, 'web');
  app.use(express.static(web, { setHeaders: (response) => response.setHeader('cache-control', 'no-cache') }));
  app.use((_request, response) => {
    response.status(404).json({ error: 'There is no such page.' });
  });
  app.use(answerErrors(deps.telemetry));
  return app;
}

function listen(server: Server, { host, port }: ConsoleOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (cause: Error) =>
      reject(new MaskwrightError('CONFIG_INVALID', `console.port: cannot listen on ${host}:${port}`, { cause }));
    server.once('error', refuse);
    server.listen(port, host, () => {
      server.off('error', refuse);
      resolve();
    });
  });
}

function urlOf(server: Server, host: string): string {
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
