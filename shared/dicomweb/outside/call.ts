import { MaskwrightError } from '@maskwright/errors';
import { FetchRequest } from './fetch-request.ts';

export interface CallOptions {
  readonly timeoutMs: number;
  readonly headers: () => Readonly<Record<string, string>>;
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
 * @throws MaskwrightError ARCHIVE_UNREACHABLE (no answer, time-out, 408, 429, 5xx), ARCHIVE_REFUSED, DICOM_MALFORMED
 */
export async function call<T>(
  options: CallOptions,
  work: (request: FetchRequest) => Promise<unknown>,
  read: (answer: Answer) => T,
  signal: AbortSignal | undefined,
  tolerate: (status: number, body: unknown) => boolean = () => false,
): Promise<T> {
  signal?.throwIfAborted();
  const limits = [AbortSignal.timeout(options.timeoutMs), ...(signal ? [signal] : [])];
  const request = new FetchRequest(AbortSignal.any(limits), options.headers());
  const body = await work(request).catch((cause: unknown) => {
    signal?.throwIfAborted();
    if (request.url === '') throw cause;
    if (request.failure === undefined && tolerate(request.status, request.response)) return request.response;
    throw failureOf(request);
  });
  try {
    return read({ body, request });
  } catch (cause) {
    if (!(cause instanceof MaskwrightError)) throw cause;
    throw new MaskwrightError(cause.code, `${placeOf(request.url)}: ${cause.message}`, { cause });
  }
}

/** The library's own error holds the whole answer, which is patient data: it is not kept as the cause. */
function failureOf({ url, status, failure }: FetchRequest): MaskwrightError {
  const where = placeOf(url);
  if (failure instanceof MaskwrightError)
    return new MaskwrightError(failure.code, `${where}: ${failure.message}`, { cause: failure });
  if (failure !== undefined)
    return new MaskwrightError('ARCHIVE_UNREACHABLE', `${where}: ${reasonOf(failure)}`, { cause: failure });
  const code = status === 408 || status === 429 || status >= 500 ? 'ARCHIVE_UNREACHABLE' : 'ARCHIVE_REFUSED';
  return new MaskwrightError(code, `${where} answered ${status}`);
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
