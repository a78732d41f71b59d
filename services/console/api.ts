import type { Catalogue } from '@maskwright/catalogue';
import { text } from '@maskwright/dicom';
import { ERROR_CODES } from '@maskwright/errors';
import type { Telemetry } from '@maskwright/telemetry';
import express, { type Request, type Response, type Router } from 'express';
import { imagePng, maskPng } from './pictures.ts';
import { type RepromptDeps, reprompt, repromptSchema } from './reprompt.ts';
import type { SeriesShelf } from './series-shelf.ts';
import type { Result, Worklist } from './worklist.ts';

export interface ApiDeps extends RepromptDeps {
  readonly telemetry: Telemetry;
  readonly worklist: Worklist;
  readonly shelf: SeriesShelf;
}

const HEARTBEAT_MS = 15_000;

export function api(deps: ApiDeps): Router {
  const { worklist, shelf, catalogue } = deps;
  const router = express.Router();
  const found = (request: Request, response: Response): Result | undefined => {
    const result = worklist.get(String(request.params.key));
    if (!result) response.status(404).json({ error: 'there is no such result' });
    return result;
  };

  router.get('/results', (_, response) => {
    response.json(worklist.all().map((result) => lineOf(catalogue, result)));
  });

  router.get('/events', (request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    const send = (result: Result) => response.write(`data: ${JSON.stringify(lineOf(catalogue, result))}\n\n`);
    for (const result of worklist.all().reverse()) send(result);
    response.write('event: ready\ndata: {}\n\n');
    const unsubscribe = worklist.subscribe(send);
    const heartbeat = setInterval(() => response.write(': alive\n\n'), HEARTBEAT_MS);
    request.once('close', () => {
      unsubscribe();
      clearInterval(heartbeat);
    });
  });

  router.get('/results/:key', async (request, response) => {
    const result = found(request, response);
    if (!result) return;
    const source = await shelf.source(result.study, result.series);
    const seg = await shelf.seg(result);
    response.json({
      ...lineOf(catalogue, result),
      bodyPart: text(source.dataset, 'BodyPartExamined') ?? null,
      modality: text(source.dataset, 'Modality') ?? null,
      studyDate: text(source.dataset, 'StudyDate') ?? null,
      frames: source.frames.length,
      rows: source.rows,
      columns: source.columns,
      pixelAspect: aspectOf(source.frames[0]?.geometry?.pixelSpacing),
      segments:
        seg?.segments.map(({ number, label, color, frames }) => ({ number, label, color, frames: frames.length })) ??
        [],
      fullestFrame: seg ? fullestFrame(source, seg.segments) : Math.floor(source.frames.length / 2),
    });
  });

  router.get('/results/:key/image/:frame', async (request, response) => {
    const result = found(request, response);
    if (!result) return;
    const source = await shelf.source(result.study, result.series);
    sendPng(response, await imagePng(source, catalogue.task(result.task), Number(request.params.frame)));
  });

  router.get('/results/:key/mask/:frame', async (request, response) => {
    const result = found(request, response);
    if (!result) return;
    const seg = await shelf.seg(result);
    const source = await shelf.source(result.study, result.series);
    const wanted = new Set(
      String(request.query.segments ?? '')
        .split(',')
        .map(Number),
    );
    sendPng(response, seg && maskPng(source, seg, Number(request.params.frame), wanted));
  });

  router.post('/results/:key/prompt', async (request, response) => {
    const result = found(request, response);
    if (!result) return;
    const words = repromptSchema.safeParse(request.body);
    if (!words.success) {
      response.status(400).json({ error: words.error.issues.map(({ message }) => message).join('; ') });
      return;
    }
    const job = await deps.telemetry.span('console re-prompt', { attributes: { series: result.series } }, () =>
      reprompt(deps, result, words.data.text, deps.telemetry.traceparent()),
    );
    response.status(202).json({ key: job.key });
  });
  return router;
}

/** One result as the page lists it. */
function lineOf(catalogue: Catalogue, result: Result) {
  const { key, study, series, task, at, state, words } = result;
  const title = catalogue.tasks.find(({ id }) => id === task)?.title ?? task;
  const remedy =
    state.kind === 'failed' ? Object.entries(ERROR_CODES).find(([code]) => code === state.code)?.[1].remedy : undefined;
  return { key, study, series, task, title, at, state, words: words ?? null, remedy: remedy ?? null };
}

/** Height of a pixel over its width. */
function aspectOf(spacing: readonly [number, number] | undefined): number {
  return spacing ? spacing[0] / spacing[1] : 1;
}

type Segments = readonly {
  readonly frames: readonly { readonly sourceSOPInstanceUID: string; readonly frameNumber: number }[];
}[];

/** The frame on which most segments are seen: where a reader would look first. */
function fullestFrame(
  source: {
    readonly frames: readonly {
      readonly instance: { readonly sopInstanceUID: string };
      readonly frameNumber: number;
    }[];
  },
  segments: Segments,
): number {
  const counts = source.frames.map(
    ({ instance, frameNumber }) =>
      segments.filter(({ frames }) =>
        frames.some(
          (frame) => frame.sourceSOPInstanceUID === instance.sopInstanceUID && frame.frameNumber === frameNumber,
        ),
      ).length,
  );
  const most = Math.max(...counts);
  const best = counts.flatMap((count, index) => (count === most ? [index] : []));
  return best[Math.floor(best.length / 2)] ?? 0;
}

function sendPng(response: Response, png: Buffer | undefined): void {
  if (!png) response.status(404).json({ error: 'there is no such picture' });
  else response.type('png').set('cache-control', 'private, max-age=300').send(png);
}
