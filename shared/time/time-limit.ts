/**
 * A signal that aborts after `ms`, or with `signal`. Once it is disposed of, nothing is left of it: AbortSignal.timeout
 * would keep its timer, and with it the request and the trace that it was made in, until the time is over, which at some
 * hundred requests a second is most of a process's memory.
 */
export function timeLimit(ms: number, signal: AbortSignal | undefined): Disposable & { readonly signal: AbortSignal } {
  const limit = new AbortController();
  const stop = () => limit.abort(signal?.reason);
  const timer = setTimeout(() => limit.abort(new DOMException('no answer in time', 'TimeoutError')), ms);
  signal?.addEventListener('abort', stop);
  if (signal?.aborted) stop();
  return {
    signal: limit.signal,
    [Symbol.dispose]() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    },
  };
}
