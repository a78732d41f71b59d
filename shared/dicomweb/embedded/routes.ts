import { parsePart10, type StudyInstanceUID } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import express, { type NextFunction, type Request, type RequestHandler, type Response, type Router } from 'express';
import { boundaryOf } from '../multipart.ts';
import { frameOf, isAcceptable } from './frames.ts';
import type { Within } from './instance-index.ts';
import type { InstanceStore } from './instance-store.ts';
import { instanceEntries, seriesEntries, studyEntries } from './search.ts';
import { type OutgoingPart, sendMultipart } from './send-multipart.ts';
import { storeBody } from './store-body.ts';

const LARGEST_REQUEST = '2gb';
const STUDY = '/studies/:study';
const SERIES = `${STUDY}/series/:series`;
const INSTANCE = `${SERIES}/instances/:instance`;

/** The resources of PS3.18 chapter 10 that a pipeline and a viewer need. */
export function routes(store: InstanceStore, stored: (study: StudyInstanceUID) => void): Router {
  const router = express.Router();
  addSearches(router, store);
  addRetrieval(router, store);
  addFrames(router, store);
  addStorage(router, store, stored);
  return router;
}

/** QIDO-RS */
function addSearches(router: Router, { index }: InstanceStore): void {
  router.get('/studies', (request, response) =>
    sendJson(response, studyEntries(index.groups('study', studyOf(request)), request.query)),
  );
  router.get(['/series', `${STUDY}/series`], (request, response) =>
    sendJson(response, seriesEntries(index.groups('series', within(request)), request.query)),
  );
  router.get(['/instances', `${STUDY}/instances`, `${SERIES}/instances`], (request, response) =>
    sendJson(response, instanceEntries(index.instances(within(request)), request.query)),
  );
}

/** WADO-RS: metadata and whole objects */
function addRetrieval(router: Router, store: InstanceStore): void {
  for (const level of [STUDY, SERIES, INSTANCE]) {
    router.get(`${level}/metadata`, (request, response) => {
      const found = store.index.instances(within(request));
      if (found.length === 0) return notFound(response);
      sendJson(
        response,
        found.map(({ header }) => header),
      );
    });
    router.get(level, async (request, response) => {
      const found = store.index.instances(within(request));
      if (found.length === 0) return notFound(response);
      const parts = found.map((one) => async (): Promise<OutgoingPart> => {
        return { type: 'application/dicom', body: await store.read(one) };
      });
      await sendMultipart(response, 'application/dicom', parts);
    });
  }
}

/** WADO-RS: frames as they are stored */
function addFrames(router: Router, store: InstanceStore): void {
  router.get(`${INSTANCE}/frames/:frames`, async (request, response) => {
    const [found] = store.index.instances(within(request));
    if (!found) return notFound(response);
    const instance = parsePart10(await store.read(found));
    const wanted = String(request.params.frames).split(',').map(Number);
    const parts = wanted.flatMap((frame) => frameOf(instance, frame) ?? []);
    const [first] = parts;
    if (!first || parts.length < wanted.length) return notFound(response);
    if (!isAcceptable(request.headers.accept, instance))
      return sendText(response, 406, `frames are stored as ${first.type}`);
    const [type = first.type] = first.type.split(';');
    await sendMultipart(
      response,
      type,
      parts.map((part) => async () => part),
    );
  });
}

/** STOW-RS */
function addStorage(router: Router, store: InstanceStore, stored: (study: StudyInstanceUID) => void): void {
  // Inflated, a small body may be larger than the memory.
  const whole = express.raw({ type: () => true, limit: LARGEST_REQUEST, inflate: false });
  router.post(['/studies', STUDY], multipartOnly, whole, async (request: Request, response: Response) => {
    const { study } = within(request);
    const { answer, status, studies } = await storeBody(store, request.headers['content-type'], request.body, study);
    sendJson(response, answer, status);
    for (const touched of studies) stored(touched);
  });
}

/** Said before the body is read: it may be large. @throws MaskwrightError DICOM_MALFORMED */
const multipartOnly: RequestHandler = ({ headers }, _response, next) => {
  boundaryOf(headers['content-type']);
  next();
};

/** What the client did wrong is said; what went wrong here is not, it may be about a patient. */
export function answerError(error: unknown, _: Request, response: Response, next: NextFunction): void {
  const status = error instanceof Error && 'status' in error ? Number(error.status) : 500;
  if (response.headersSent) next(error);
  else if (error instanceof MaskwrightError) sendText(response, 400, error.message);
  else if (status < 500) sendText(response, status, 'the request cannot be read');
  else sendText(response, 500, 'the archive failed');
}

function within({ params: { study, series, instance } }: Request): Within {
  return { study: single(study), series: single(series), instance: single(instance) };
}

/** The commonest question, whether a study is there, needs no look at the others. */
function studyOf({ query: { StudyInstanceUID: study } }: Request): Within {
  return typeof study === 'string' && /^[0-9.]+$/.test(study) ? { study } : {};
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

function sendJson(response: Response, body: unknown, status = 200): void {
  response.status(status).type('application/dicom+json').send(JSON.stringify(body));
}

function sendText(response: Response, status: number, text: string): void {
  response.status(status).type('text/plain').send(`${text}\n`);
}

function notFound(response: Response): void {
  sendText(response, 404, 'there is no such object');
}
