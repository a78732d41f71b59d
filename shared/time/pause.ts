import { LONGEST_TIMER_MS } from './longest-timer.ts';

/**
 * Resolves after `ms` (at most `LONGEST_TIMER_MS`) or when `signal` aborts. Never rejects.
 * @param options.keepsAlive whether the process goes on for this alone; default: it does
 */
export function pause(
  ms: number,
  signal: AbortSignal,
  { keepsAlive = true }: { readonly keepsAlive?: boolean } = {},
): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, Math.min(ms, LONGEST_TIMER_MS));
    if (!keepsAlive) timer.unref();
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}
