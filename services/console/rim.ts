import { codeOf, describeError, MaskwrightError } from '@maskwright/errors';
import { isAddressedToLoopback, isFromAnotherPage } from '@maskwright/http';
import type { Telemetry } from '@maskwright/telemetry';
import type { ErrorRequestHandler, RequestHandler } from 'express';

const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
};

export const securityHeaders: RequestHandler = (_request, response, next) => {
  response.set(HEADERS);
  next();
};

export const loopbackNamesOnly: RequestHandler = (request, response, next) => {
  if (isAddressedToLoopback(request.headers.host)) next();
  else response.status(403).json({ error: 'This page is served to this machine only.' });
};

/** Only our own page may change anything. */
export const sameOriginOnly: RequestHandler = (request, response, next) => {
  if (isFromAnotherPage(request.headers))
    response.status(403).json({ error: 'Requests from other pages are refused.' });
  else next();
};

export const jsonOnly: RequestHandler = (request, response, next) => {
  if (request.is('application/json')) next();
  else response.status(415).json({ error: 'Send application/json.' });
};

/** The rim: every fault becomes JSON and one line in the log, without what was sent. */
export function answerErrors({ log }: Telemetry): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) return next(error);
    const status = statusOf(error);
    if (status >= 500) log.warn({ code: codeOf(error), status }, `request failed: ${describeError(error)}`);
    response
      .status(status)
      .json({ error: status === 500 ? 'The console failed; see its log.' : describeError(error), code: codeOf(error) });
  };
}

function statusOf(error: unknown): number {
  if (error instanceof MaskwrightError) {
    if (error.retryable) return 503;
    if (error.code === 'INPUT_NOT_FOUND' || error.code === 'JOB_UNKNOWN') return 404;
    return error.code === 'ARCHIVE_REFUSED' ? 502 : 422;
  }
  // body-parser's errors carry the status that is meant for the client.
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : 500;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}
