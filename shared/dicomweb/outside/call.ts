import { MaskwrightError } from '@maskwright/errors';
import { FetchRequest } from './fetch-request.ts';

export interface CallOptions {
  readonly timeoutMs: number;
  readonly headers: () => Readonly<Record<string, string>>;
}

/** An answer that the server gave with an error status. */
export interface Refusal {
  readonly status: number;
  readonly body: unknown;
}

/**
 * One call through dicomweb-client.
 * @param tolerate statuses that are an answer, not an error: they are returned as a Refusal
 * @throws MaskwrightError ARCHIVE_UNREACHABLE (no answer, time-out, 408, 429, 5xx), ARCHIVE_REFUSED, DICOM_MALFORMED
 */
export async function call<T>(
  options: CallOptions,
  work: (request: FetchRequest) => Promise<T>,
  signal: AbortSignal | undefined,
  tolerate: readonly number[] = [],
): Promise<T | Refusal> {
  const limits = [AbortSignal.timeout(options.timeoutMs), ...(signal ? [signal] : [])];
  const request = new FetchRequest(AbortSignal.any(limits), options.headers());
  try {
    return await work(request);
  } catch (cause) {
    signal?.throwIfAborted();
    if (request.url === '') throw cause;
    if (tolerate.includes(request.status)) return { status: request.status, body: request.response };
    throw failureOf(request, cause);
  }
}

function failureOf(request: FetchRequest, cause: unknown): MaskwrightError {
  const where = placeOf(request.url);
  const { status, failure } = request;
  if (failure instanceof SyntaxError)
    return new MaskwrightError('DICOM_MALFORMED', `${where} did not answer with JSON`, { cause: failure });
  if (failure !== undefined)
    return new MaskwrightError('ARCHIVE_UNREACHABLE', `${where}: ${reasonOf(failure)}`, { cause: failure });
  if (status === 200 || status === 206)
    return new MaskwrightError('DICOM_MALFORMED', `${where}: the answer cannot be parsed`, { cause });
  const code = status === 408 || status === 429 || status >= 500 ? 'ARCHIVE_UNREACHABLE' : 'ARCHIVE_REFUSED';
  return new MaskwrightError(code, `${where} answered ${status}`, { cause });
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
  return cause instanceof Error && 'code' in cause ? String(cause.code) : failure.message;
}
