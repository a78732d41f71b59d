import { MaskwrightError } from '@maskwright/errors';
import { frameKey } from '@maskwright/image';
import { replayJob } from '@maskwright/queue';
import express, { type Request, type Response, type Router } from 'express';
import type { ConsoleDeps } from './deps.ts';
import { type Drift, LEAST_RESULTS, WINDOW } from './drift/index.ts';
import type { LiveStreams } from './live.ts';
import type { Pictures } from './pictures.ts';
import { reprompt, repromptSchema } from './reprompt.ts';
import { jsonOnly, sameOriginOnly } from './rim.ts';
import type { SeriesFacts } from './series-facts.ts';
import { detailOf, rowOf } from './views.ts';
import type { Worklist, WorklistEntry } from './worklist.ts';

export interface ApiParts {
  readonly worklist: Worklist;
  readonly drift: Drift;
  readonly streams: LiveStreams;
  readonly pictures: Pictures;
  readonly facts: SeriesFacts;
}

const BODY_LIMIT = '16kb';

/** The API of the page. A slice is named by its image (SOPInstanceUID and frame from 1); segments are numbered from 1. */
export function api(deps: ConsoleDeps, parts: ApiParts): Router {
  const { catalogue } = deps;
  const { worklist, drift, streams, pictures, facts } = parts;
  const router = express.Router();
  const row = (entry: WorklistEntry) => rowOf(entry, catalogue);

  router.get('/results', (_request, response) => {
    const { entries, truncated } = worklist.list();
    fresh(response).json({ results: entries.map(row), truncated });
  });
  router.get('/events', (_request, response) => {
    if (!streams.open(response, row)) response.status(503).json({ error: 'Too many pages are open.' });
  });
  router.get('/drift', (_request, response) => {
    fresh(response).json({ window: WINDOW, least: LEAST_RESULTS, groups: drift.groups() });
  });
  router.get('/results/:key', (request, response) => {
    fresh(response).json(detailOf(entryOf(worklist, request.params.key), catalogue));
  });
  router.get('/results/:key/facts', async (request, response) => {
    fresh(response).json(await facts.of(entryOf(worklist, request.params.key)));
  });
  router.get('/results/:key/picture', async (request, response) => {
    fresh(response).json(await pictures.describe(entryOf(worklist, request.params.key)));
  });
  router.get('/results/:key/image/:sop/:frame', async (request, response) => {
    const { key, sop, frame } = request.params;
    sendPng(response, await pictures.image(entryOf(worklist, key), frameKey(sop, wholeNumber(frame))));
  });
  // A result may be made again: the page adds `?at=` its time, so that the browser shows no mask of the one before.
  router.get('/results/:key/mask/:sop/:frame/:segment', async (request, response) => {
    const { key, sop, frame, segment } = request.params;
    const slice = frameKey(sop, wholeNumber(frame));
    sendPng(response, await pictures.mask(entryOf(worklist, key), slice, wholeNumber(segment)));
  });
  router.post(
    '/results/:key/prompt',
    sameOriginOnly,
    jsonOnly,
    express.json({ limit: BODY_LIMIT }),
    async (request: Request<{ key: string }>, response: Response) => {
      const entry = entryOf(worklist, request.params.key);
      const words = repromptSchema.safeParse(request.body);
      if (!words.success) {
        response.status(400).json({ error: words.error.issues.map(({ message }) => message).join('; ') });
        return;
      }
      const queued = await deps.telemetry.span('console re-prompt', { attributes: { series: entry.series } }, () =>
        reprompt({ ...deps, worklist }, entry, words.data.text, deps.telemetry.traceparent()),
      );
      fresh(response)
        .status(queued.known ? 200 : 202)
        .json(queued);
    },
  );
  router.post(
    '/results/:key/replay',
    sameOriginOnly,
    jsonOnly,
    async (request: Request<{ key: string }>, response: Response) => {
      const { key } = entryOf(worklist, request.params.key);
      const replayed = await replayJob(deps.queue, key, { isNamed: true, now: deps.now });
      fresh(response)
        .status(replayed ? 202 : 409)
        .json(replayed ? { key } : { error: 'It is not set aside any more.' });
    },
  );
  return router;
}

function entryOf(worklist: Worklist, key: string): WorklistEntry {
  const entry = worklist.get(key);
  if (!entry) throw new MaskwrightError('JOB_UNKNOWN', 'there is no such result in the worklist');
  return entry;
}

function wholeNumber(value: string): number {
  if (!/^\d{1,6}$/.test(value)) throw new MaskwrightError('INPUT_NOT_FOUND', 'frames and segments are whole numbers');
  return Number(value);
}

/** States change; and pictures of patients stay out of shared caches. */
function fresh(response: Response): Response {
  return response.set('cache-control', 'no-store');
}
function sendPng(response: Response, png: Buffer): void {
  response.set('cache-control', 'private, max-age=300').type('png').send(png);
}
