import { createServer } from 'node:http';
import path from 'node:path';
import type { StudyInstanceUID } from '@maskwright/dicom';
import { isAddressedToLoopback, isFromAnotherPage, isLoopback, listening } from '@maskwright/http';
import express, { type RequestHandler } from 'express';
import { refuseUpgrade } from './event-socket.ts';
import { InstanceStore } from './instance-store.ts';
import { answerError, routes } from './routes.ts';
import { WorkItemEvents } from './work-item-events.ts';
import { workItemRoutes } from './work-item-routes.ts';

export interface EmbeddedArchive {
  /** DICOMweb root. */
  readonly url: string;
  /** Files in the directory that are no instance of their place, relative to it: left alone, and not served. */
  readonly ignored: readonly string[];
  /** Called after an instance of the study was stored, once a request. */
  onStored(listener: (study: StudyInstanceUID) => void): void;
  /** Open event channels of the worklist. */
  listeners(): number;
  close(): Promise<void>;
}
export interface EmbeddedArchiveOptions {
  readonly directory: string;
  /** 0 takes a free one. */
  readonly port?: number;
  readonly host?: string;
  /** Origin of a viewer in the browser that may read from here (CORS), e.g. http://localhost:3000; default: none. */
  readonly viewerOrigin?: string;
}

const ROOT = '/dicom-web';

/**
 * A DICOMweb origin server (PS3.18) that stands in for a PACS on a laptop: no login, so it listens on this machine only.
 * @throws MaskwrightError CONFIG_INVALID where it cannot listen, or another process has the directory
 */
export async function startEmbeddedArchive(options: EmbeddedArchiveOptions): Promise<EmbeddedArchive> {
  const { host = '127.0.0.1', port = 0, viewerOrigin } = options;
  const store = await InstanceStore.open(path.resolve(options.directory));
  const listeners: ((study: StudyInstanceUID) => void)[] = [];
  const app = express().disable('x-powered-by').disable('etag');
  const loopbackOnly = isLoopback(host);
  if (loopbackOnly) app.use(loopbackNamesOnly);
  if (viewerOrigin !== undefined) app.use(allowOrigin(viewerOrigin));
  app.use(otherPagesOnlyRead(viewerOrigin));
  app.use(
    ROOT,
    routes(store, (study) => {
      for (const listener of listeners) listener(study);
    }),
  );
  const events = new WorkItemEvents();
  app.use(ROOT, workItemRoutes(events));
  app.use(answerError);
  const server = createServer(app);
  server.on('upgrade', (request, socket) => {
    const { headers } = request;
    const foreign = (loopbackOnly && !isAddressedToLoopback(headers.host)) || isFromAnotherPage(headers, viewerOrigin);
    if (foreign) refuseUpgrade(socket, '403 Forbidden');
    else events.upgrade(subscriberIn(request.url), request, socket);
  });
  // Longer than any client keeps an idle connection: it must not be closed under a request that is on its way.
  server.keepAliveTimeout = 65_000;
  const { url, close } = await listening(server, { host, port, key: 'archive.port' }).catch((error: unknown) => {
    store.close();
    throw error;
  });
  return {
    url: url + ROOT,
    ignored: store.ignored,
    onStored: (listener) => void listeners.push(listener),
    listeners: () => events.channels,
    async close() {
      events.close();
      await close();
      store.close();
    },
  };
}

const loopbackNamesOnly: RequestHandler = (request, response, next) => {
  if (isAddressedToLoopback(request.headers.host)) next();
  else
    response
      .status(403)
      .type('text/plain')
      .send('this archive answers to localhost, 127.0.0.1 and [::1] only; archive.host lets it listen elsewhere\n');
};

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/** A browser does not show a page elsewhere what it reads here, but it sends what the page writes. */
function otherPagesOnlyRead(viewerOrigin: string | undefined): RequestHandler {
  return ({ method, headers }, response, next) => {
    if (READING.has(method) || !isFromAnotherPage(headers, viewerOrigin)) next();
    else response.status(403).type('text/plain').send('requests from other pages are refused\n');
  };
}

function subscriberIn(url = ''): string | undefined {
  return new RegExp(`^${ROOT}/subscribers/([\\w.-]{1,64})$`).exec(url)?.[1];
}

function allowOrigin(origin: string): RequestHandler {
  return (request, response, next) => {
    response.set({
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Allow-Headers': 'Accept, Content-Type, Traceparent',
      'Access-Control-Allow-Methods': 'GET, POST',
      Vary: 'Origin',
    });
    if (request.method === 'OPTIONS') response.sendStatus(204);
    else next();
  };
}
