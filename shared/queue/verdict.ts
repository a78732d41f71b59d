import { MaskwrightError } from '@maskwright/errors';

/** What becomes of a job whose handler failed. */
export type Verdict =
  | { readonly kind: 'retry'; readonly error: Error }
  /** It was told to stop and did; the job stays uncommitted for the next consumer. */
  | { readonly kind: 'release' }
  | { readonly kind: 'dead'; readonly code: string; readonly reason: string };

const LONGEST_REASON = 1000;

/** @param stopping whether the handler's signal had been aborted when it failed */
export function judge(error: unknown, stopping: boolean): Verdict {
  if (stopping && isAbort(error)) return { kind: 'release' };
  if (error instanceof MaskwrightError) {
    if (error.retryable) return stopping ? { kind: 'release' } : { kind: 'retry', error };
    return { kind: 'dead', code: error.code, reason: error.message.slice(0, LONGEST_REASON) };
  }
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { kind: 'dead', code: 'UNEXPECTED', reason: reason.slice(0, LONGEST_REASON) };
}

/** A stage may have wrapped the abort in an error of its own. */
function isAbort(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) if (cause.name === 'AbortError') return true;
  return false;
}
