import { MaskwrightError } from '@maskwright/errors';
import type { Agenda, Visit } from './agenda.ts';
import { type VisitDeps, visitStudy } from './visit.ts';
import { warnOf } from './warn-of.ts';

type Parts = VisitDeps & { readonly agenda: Agenda };

/** After an archive or broker fault a study is looked at again this much later. */
const RETRY_MS = 5000;

/** Looks at one study of the agenda after the other until `signal` aborts. */
export async function visitLoop(parts: Parts, signal: AbortSignal): Promise<void> {
  const { agenda, now } = parts;
  while (!signal.aborted) {
    const next = agenda.take(now().getTime());
    if ('wait' in next) {
      await agenda.change(next.wait, signal);
      continue;
    }
    const wait = await visit(parts, next, signal);
    if (wait > 0) agenda.add(next, now().getTime() + wait);
    agenda.done(next.study);
  }
}

/** @returns milliseconds after which the study is to be looked at again; 0: it need not */
async function visit(parts: Parts, next: Visit, signal: AbortSignal): Promise<number> {
  const { study, traceparent } = next;
  try {
    return await parts.telemetry.span('intake', { traceparent, attributes: { study } }, async () => {
      try {
        return await visitStudy(parts, next, signal);
      } catch (error) {
        // Here the line has the trace.
        if (!signal.aborted) warnOf(parts, error, 'study passed over', study);
        throw error;
      }
    });
  } catch (error) {
    if (signal.aborted) return 0;
    return error instanceof MaskwrightError && error.retryable ? RETRY_MS : 0;
  }
}
