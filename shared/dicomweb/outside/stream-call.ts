import { boundaryOf } from '../multipart.ts';
import { type StreamedPart, streamedParts } from '../multipart-stream.ts';
import { type CallOptions, failureOf, resting } from './call.ts';
import type { FetchAnswer } from './fetch.ts';
import { AS_IT_IS } from './fetch-request.ts';
import { assertDicom } from './media-type.ts';

/**
 * One GET for DICOM files, taken apart as they arrive. A server that says nothing for `timeoutMs` has been waited for long
 * enough; how long the whole answer takes does not matter. What is unknown (404) or empty (204) has no files.
 * @throws MaskwrightError as `call`; where the connection breaks in the middle, ARCHIVE_UNREACHABLE
 */
export async function* callForFiles(
  options: CallOptions,
  { url, accept }: { readonly url: string; readonly accept: string },
  signal: AbortSignal | undefined,
): AsyncGenerator<StreamedPart> {
  signal?.throwIfAborted();
  const { breaker } = options;
  if (!breaker.isOpen()) throw resting(breaker);
  const patience = new Patience(options.timeoutMs, signal);
  let status = 0;
  const told = (failure: unknown) => {
    signal?.throwIfAborted();
    return failed(options, failureOf({ url, status, failure }));
  };
  try {
    await options.rate.turn(patience.signal);
    const account = await options.account.headers(patience.signal);
    const headers = { ...account, ...options.headers(), accept, 'accept-encoding': AS_IT_IS };
    const answer = await patience.wait(options.fetch(url, { method: 'GET', headers, signal: patience.signal }));
    ({ status } = answer);
    if (answer.ok) {
      for await (const part of partsOf(answer, patience)) {
        signal?.throwIfAborted();
        assertDicom(part);
        yield { ...part, body: tellingOf(part.body, told) };
      }
    }
  } catch (failure) {
    throw told(failure);
  } finally {
    patience.end();
  }
  if (status >= 300 && status !== 404) throw told(undefined);
  breaker.answered();
}

/** What breaks while a file is read is met by whoever reads it. */
async function* tellingOf(body: StreamedPart['body'], told: (failure: unknown) => Error): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (failure) {
    throw told(failure);
  }
}

function failed({ breaker, account }: CallOptions, failure: ReturnType<typeof failureOf>) {
  if (failure.code === 'ARCHIVE_DENIED') account.refused();
  if (failure.retryable) breaker.unanswered();
  return failure;
}

/** An answer that is not multipart is one file. */
async function* partsOf({ status, headers, body }: FetchAnswer, patience: Patience): AsyncGenerator<StreamedPart> {
  const type = headers.get('content-type');
  if (status === 204 || !body) return;
  const chunks = patience.chunks(body);
  if (type?.toLowerCase().startsWith('multipart/')) yield* streamedParts(chunks, boundaryOf(type));
  else yield { headers: type === null ? {} : { 'content-type': type }, body: chunks };
}

/** Waits for a server, but not for ever; the time that we take ourselves does not count. */
class Patience {
  readonly signal: AbortSignal;
  readonly #timeoutMs: number;
  readonly #stop = new AbortController();

  constructor(timeoutMs: number, signal: AbortSignal | undefined) {
    this.#timeoutMs = timeoutMs;
    this.signal = AbortSignal.any([this.#stop.signal, ...(signal ? [signal] : [])]);
  }

  async wait<T>(answer: Promise<T>): Promise<T> {
    const end = () => this.#stop.abort(new DOMException('no answer in time', 'TimeoutError'));
    const timer = setTimeout(end, this.#timeoutMs);
    try {
      return await answer;
    } finally {
      clearTimeout(timer);
    }
  }

  /** The next chunk is on its way while the one before is looked at. */
  async *chunks(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const coming = body[Symbol.asyncIterator]();
    for (let next = coming.next(); ; ) {
      const { value, done } = await this.wait(next);
      if (done) return;
      next = coming.next();
      // Where nobody asks for it any more, nobody needs to know that it did not come.
      next.catch(() => undefined);
      yield value;
    }
  }

  /** Whatever has not come is no longer wanted. */
  end(): void {
    this.#stop.abort();
  }
}
