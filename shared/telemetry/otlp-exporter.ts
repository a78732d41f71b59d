import { MaskwrightError } from '@maskwright/errors';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from 'pino';

/**
 * Sends spans to a collector (OTLP over HTTP, as JSON). The SDK tells nobody where that fails: here the log does, once, and
 * once more when it works again.
 * @param url of the collector's traces, e.g. http://collector:4318/v1/traces
 */
export function otlpExporter(url: string, log: Logger): SpanExporter {
  const exporter = new OTLPTraceExporter({ url });
  const place = placeOf(url);
  let works = true;
  const judge = ({ code, error }: ExportResult) => {
    const worked = works;
    works = code === ExportResultCode.SUCCESS;
    if (worked && !works)
      log.warn({ url: place, reason: reasonOf(error) }, 'traces are lost: the collector does not take them');
    if (!worked && works) log.info({ url: place }, 'the collector takes traces again');
  };
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        judge(result);
        done(result);
      }),
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  };
}

/**
 * Asks the collector to take no spans at all.
 * @throws MaskwrightError CONFIG_INVALID naming the key, where it does not answer within 5 s, or not with success
 */
export async function checkCollector(url: string): Promise<void> {
  const refused = (why: string, cause?: unknown) =>
    new MaskwrightError('CONFIG_INVALID', `telemetry.otlpUrl: ${placeOf(url)} ${why}`, { cause });
  const asked = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"resourceSpans":[]}' };
  const answer = await fetch(url, { ...asked, redirect: 'manual', signal: AbortSignal.timeout(5_000) }).catch(
    (cause: unknown) => {
      throw refused('does not answer', cause);
    },
  );
  await answer.body?.cancel();
  if (!answer.ok) throw refused(`answered ${answer.status}, as no collector of traces does`);
}

/** Without what may be secret. */
function placeOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

/** Status of the answer or code of the connection's failure: a message may quote the answer. */
function reasonOf(error: Error | undefined): string {
  return error && 'code' in error ? String(error.code) : 'no answer';
}
