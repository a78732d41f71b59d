import { createServer } from 'node:http';
import path from 'node:path';
import { isLoopback, type Listening, listening } from '@maskwright/http';
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

/**
 * The page and its API. The worklist is folded from the event log, pictures come from the archive; nothing is kept.
 * It has no login of its own: it listens on this machine only unless told otherwise.
 * @throws MaskwrightError CONFIG_INVALID where the port is taken
 */
export async function startConsole(deps: ConsoleDeps, { host, port }: ConsoleOptions): Promise<Listening> {
  const stop = new AbortController();
  const worklist = new Worklist();
  const drift = new Drift();
  const streams = new LiveStreams(worklist);
  const parts = { worklist, drift, streams, pictures: new Pictures(deps), facts: new SeriesFacts(deps.archive) };
  const server = createServer(application(deps, parts, isLoopback(host)));
  const { url, close } = await listening(server, { host, port, key: 'console.port' });
  const following = followEvents(deps, [worklist, drift], stop.signal);
  const withdraw = publishDrift(drift, deps.telemetry);
  return {
    url,
    async close() {
      stop.abort();
      withdraw();
      streams.close();
      await Promise.all([close(), following]);
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
