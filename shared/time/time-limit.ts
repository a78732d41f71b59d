import { LONGEST_TIMER_MS } from './longest-timer.ts';

/**
 * A signal that aborts after `ms` (at most `LONGEST_TIMER_MS`), or with `signal`. Once it is disposed of, nothing is left of it: AbortSignal.timeout
 * would keep its timer, and with it the request and the trace that it was made in, until the time is over, which at some
 * hundred requests a second is most of a process's memory.
 */
export function timeLimit(ms: number, signal: AbortSignal | undefined): Disposable & { readonly signal: AbortSignal } {
  const limit = new AbortController();
  const stop = () => limit.abort(signal?.reason);
  const late = () => limit.abort(new DOMException('no answer in time', 'TimeoutError'));
  const timer = setTimeout(late, Math.min(ms, LONGEST_TIMER_MS));
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
