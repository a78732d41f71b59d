import { createServer } from 'node:http';
import path from 'node:path';
import { type Instance, parsePart10, type StudyInstanceUID } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import express, { type Request, type Response } from 'express';
import { frameOf } from './frames.ts';
import { type IndexedInstance, InstanceStore } from './instance-store.ts';
import { instances, series, studies } from './search.ts';
import { sendMultipart } from './send-multipart.ts';
import { storeBody } from './store-body.ts';

export interface EmbeddedArchive {
  /** DICOMweb root. */
  readonly url: string;
  /** Called after an instance of the study was stored, once a request. */
  onStored(listener: (study: StudyInstanceUID) => void): void;
  close(): Promise<void>;
}
export interface EmbeddedArchiveOptions {
  readonly directory: string;
  /** 0 takes a free one. */
  readonly port?: number;
  readonly host?: string;
}

const ROOT = '/dicom-web';
const LARGEST_REQUEST = '2gb';

/** A DICOMweb origin server (PS3.18) that stands in for a PACS on a laptop: no login, so it listens on this machine only. */
export async function startEmbeddedArchive(options: EmbeddedArchiveOptions): Promise<EmbeddedArchive> {
  const { host = '127.0.0.1' } = options;
  const store = await InstanceStore.open(path.resolve(options.directory));
  const listeners: ((study: StudyInstanceUID) => void)[] = [];
  const server = createServer(application(store, (study) => listeners.forEach((listener) => void listener(study))));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new MaskwrightError('CONFIG_INVALID', `the embedded archive cannot listen on ${host}:${options.port ?? 0}`, {
          cause,
        }),
      ),
    );
    server.listen(options.port ?? 0, host, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : options.port;
  return {
    url: `http://${host}:${port}${ROOT}`,
    onStored: (listener) => void listeners.push(listener),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          store.close();
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function application(store: InstanceStore, stored: (study: StudyInstanceUID) => void): express.Express {
  const app = express().disable('x-powered-by').disable('etag');
  const router = express.Router();
  const json = (response: Response, body: unknown, status = 200) =>
    response.status(status).type('application/dicom+json').send(JSON.stringify(body));
  const of = ({ params: { study, series: one, instance } }: Request): IndexedInstance[] =>
    store.find(single(study), single(one), single(instance));

  router.get('/studies', (request, response) => json(response, studies(of(request), request.query)));
  router.get('/series', (request, response) => json(response, series(of(request), request.query)));
  router.get('/studies/:study/series', (request, response) => json(response, series(of(request), request.query)));
  router.get('/studies/:study/instances', (request, response) => json(response, instances(of(request), request.query)));
  router.get('/studies/:study/series/:series/instances', (request, response) =>
    json(response, instances(of(request), request.query)),
  );

  const metadata = (request: Request, response: Response) => {
    const found = of(request);
    return found.length === 0
      ? notFound(response)
      : json(
          response,
          found.map(({ header }) => header),
        );
  };
  const retrieve = async (request: Request, response: Response) => {
    const found = of(request);
    if (found.length === 0) return notFound(response);
    await sendMultipart(
      response,
      'application/dicom',
      found.map((one) => async () => ({ type: 'application/dicom', body: await store.read(one) })),
    );
  };
  for (const level of [
    '/studies/:study',
    '/studies/:study/series/:series',
    '/studies/:study/series/:series/instances/:instance',
  ]) {
    router.get(`${level}/metadata`, metadata);
    router.get(level, retrieve);
  }

  router.get('/studies/:study/series/:series/instances/:instance/frames/:frames', async (request, response) => {
    const [found] = of(request);
    if (!found) return notFound(response);
    const instance: Instance = parsePart10(await store.read(found));
    const wanted = String(single(request.params.frames)).split(',').map(Number);
    const parts = wanted.map((frame) => frameOf(instance, frame));
    if (parts.some((part) => part === undefined)) return notFound(response);
    await sendMultipart(
      response,
      'application/octet-stream',
      parts.flatMap((part) => (part ? [async () => part] : [])),
    );
  });

  const receive = async (request: Request, response: Response) => {
    const wanted = single(request.params.study);
    const {
      answer,
      status,
      studies: touched,
    } = await storeBody(store, request.headers['content-type'], request.body, wanted);
    json(response, answer, status);
    for (const study of touched) stored(study);
  };
  const whole = express.raw({ type: () => true, limit: LARGEST_REQUEST });
  router.post('/studies', whole, receive);
  router.post('/studies/:study', whole, receive);

  app.use(ROOT, router);
  app.use((error: unknown, _: Request, response: Response, __: unknown) => {
    const known = error instanceof MaskwrightError;
    response
      .status(known ? 400 : 500)
      .type('text/plain')
      .send(known ? `${error.message}\n` : 'the archive failed\n');
  });
  return app;
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

function notFound(response: Response): void {
  response.status(404).type('text/plain').send('there is no such object\n');
}
