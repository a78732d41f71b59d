import { createServer } from 'node:http';
import { codeOf, MaskwrightError } from '@maskwright/errors';
import { type Listening, listening } from '@maskwright/http';
import { type Queue, readStudyNotices } from '@maskwright/queue';
import type { Telemetry } from '@maskwright/telemetry';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { isAuthentic, type NotifyAuth } from './authentication.ts';

export interface NotifyOptions {
  /** 0: any free port. */
  readonly port: number;
  readonly host: string;
  readonly auth: NotifyAuth;
}
export interface NotifyDeps {
  readonly queue: Pick<Queue, 'notices'>;
  readonly telemetry: Pick<Telemetry, 'log'>;
  readonly now: () => Date;
}

const LARGEST = '4mb';

/**
 * Takes notices over HTTP: `POST /notices` with a body in any form that `readStudyNotices` knows. 202: they are durable in
 * the queue; 400: the form is not known; 401: not authentic; 503: the queue does not take them, send them again. What is
 * lost here, the sweep finds.
 * @throws MaskwrightError CONFIG_INVALID where the port is taken
 */
export function startNotifyServer(deps: NotifyDeps, { host, port, auth }: NotifyOptions): Promise<Listening> {
  return listening(createServer(application(deps, auth)), { host, port, key: 'intake.notify.port' });
}

function application({ queue, telemetry, now }: NotifyDeps, auth: NotifyAuth): Express {
  const app = express().disable('x-powered-by').set('etag', false);
  app.post('/notices', express.raw({ type: () => true, limit: LARGEST }), async (request, response) => {
    const body: Uint8Array = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const signature = request.get('x-maskwright-signature');
    if (!isAuthentic(auth, { authorization: request.get('authorization'), signature, body }, now())) {
      response.status(401).set('www-authenticate', 'Bearer').json({ error: 'The request is not authentic.' });
      return;
    }
    const traceparent = request.get('traceparent');
    const notices = readStudyNotices(body).map((notice) =>
      traceparent === undefined || notice.traceparent ? notice : { ...notice, traceparent: traceparent.slice(0, 512) },
    );
    await queue.notices.publish(notices);
    response.status(202).json({ accepted: notices.length });
  });
  app.use((_request, response) => {
    response.status(404).json({ error: 'Notices are posted to /notices.' });
  });
  app.use(answerErrors(telemetry));
  return app;
}

/** What the client did wrong is said; what went wrong here is logged and not said. */
function answerErrors({ log }: Pick<Telemetry, 'log'>) {
  return (error: unknown, _request: Request, response: Response, next: NextFunction): void => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const status = error instanceof Error && 'status' in error ? Number(error.status) : 500;
    if (error instanceof MaskwrightError && error.code === 'MESSAGE_INVALID')
      response.status(400).json({ error: error.message });
    else if (status >= 400 && status < 500) response.status(status).json({ error: 'The request cannot be read.' });
    else {
      log.warn({ code: codeOf(error) }, 'notices were not taken');
      response.status(503).set('retry-after', '5').json({ error: 'The queue does not take notices now.' });
    }
  };
}
