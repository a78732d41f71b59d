import { type ErrorCode, MaskwrightError } from '@maskwright/errors';
import { timeLimit } from '@maskwright/time';
import type { CircuitBreaker } from './availability.ts';
import type { Account } from './connection.ts';
import type { Fetch } from './fetch.ts';
import { FetchRequest } from './fetch-request.ts';
import type { RateLimit } from './rate-limit.ts';

export interface CallOptions {
  readonly timeoutMs: number;
  readonly fetch: Fetch;
  readonly account: Account;
  /** Added to each request. */
  readonly headers: () => Readonly<Record<string, string>>;
  readonly breaker: CircuitBreaker;
  readonly rate: RateLimit;
}

/** What came of one call: what dicomweb-client made of it, and the request for what that leaves out. */
export interface Answer {
  readonly body: unknown;
  readonly request: FetchRequest;
}

/**
 * One call through dicomweb-client.
 * @param tolerate error statuses that are an answer all the same, given their body
 * @param read takes what it needs out of the answer; what it finds malformed is said with the place
 * @throws MaskwrightError ARCHIVE_UNREACHABLE (no answer, time-out, 408, 429, 5xx, or not asked because it did not answer
 * the last calls), ARCHIVE_DENIED (401), ARCHIVE_REFUSED, DICOM_MALFORMED
 */
export async function call<T>(
  options: CallOptions,
  work: (request: FetchRequest) => Promise<unknown>,
  read: (answer: Answer) => T,
  signal: AbortSignal | undefined,
  tolerate: (status: number, body: unknown) => boolean = () => false,
): Promise<T> {
  signal?.throwIfAborted();
  const { breaker } = options;
  if (!breaker.isOpen()) throw resting(breaker);
  if (signal) await options.rate.turn(signal);
  else await options.rate.turn(new AbortController().signal);
  using limit = timeLimit(options.timeoutMs, signal);
  const account = await options.account.headers(limit.signal).catch((error: unknown) => {
    signal?.throwIfAborted();
    breaker.unanswered();
    throw error;
  });
  const request = new FetchRequest(options.fetch, limit.signal, { ...account, ...options.headers() });
  const body = await work(request).catch((cause: unknown) => {
    signal?.throwIfAborted();
    if (request.url === '') throw cause;
    if (request.failure === undefined && tolerate(request.status, request.response)) return request.response;
    const failure = failureOf(request);
    if (failure.code === 'ARCHIVE_DENIED') options.account.refused();
    // An archive that does not let us in is of no more use than one that does not answer.
    if (failure.retryable) breaker.unanswered();
    throw failure;
  });
  breaker.answered();
  try {
    return read({ body, request });
  } catch (cause) {
    if (!(cause instanceof MaskwrightError)) throw cause;
    throw new MaskwrightError(cause.code, `${placeOf(request.url)}: ${cause.message}`, { cause });
  }
}

/** The library's own error holds the whole answer, which is patient data: it is not kept as the cause. */
export function failureOf({ url, status, failure }: Pick<FetchRequest, 'url' | 'status' | 'failure'>): MaskwrightError {
  const where = placeOf(url);
  if (failure instanceof MaskwrightError)
    return new MaskwrightError(failure.code, `${where}: ${failure.message}`, { cause: failure });
  if (failure !== undefined)
    return new MaskwrightError('ARCHIVE_UNREACHABLE', `${where}: ${reasonOf(failure)}`, { cause: failure });
  return new MaskwrightError(codeOfStatus(status), `${where} answered ${status}`);
}

function codeOfStatus(status: number): ErrorCode {
  if (status === 401) return 'ARCHIVE_DENIED';
  return status === 408 || status === 429 || status >= 500 ? 'ARCHIVE_UNREACHABLE' : 'ARCHIVE_REFUSED';
}

export function resting(breaker: CircuitBreaker): MaskwrightError {
  const seconds = (breaker.waitMs() / 1000).toFixed(1);
  return new MaskwrightError(
    'ARCHIVE_UNREACHABLE',
    `it did not answer the last calls and is left alone for another ${seconds} s`,
  );
}

/** Origin and path: query values may be patient data. */
function placeOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

function reasonOf(failure: unknown): string {
  if (!(failure instanceof Error)) return 'no answer';
  if (failure.name === 'TimeoutError') return 'no answer in time';
  const { cause } = failure;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'the connection broke';
}
