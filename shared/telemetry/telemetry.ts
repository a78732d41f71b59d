import { MaskwrightError } from '@maskwright/errors';
import {
  context,
  isSpanContextValid,
  type Meter,
  metrics,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { getBooleanFromEnv } from '@opentelemetry/core';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import {
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceInstanceIdDetector,
  serviceNameEnvDetector,
} from '@opentelemetry/resources';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace';
import { type DestinationStream, type Logger, pino } from 'pino';
import { otlpExporter } from './otlp-exporter.ts';

/**
 * Traces, metrics and logs of one process. Values that are put into any of them are UIDs, codes and numbers:
 * never a name, an ID, a date or a description from a header.
 */
export interface Telemetry {
  readonly log: Logger;
  readonly meter: Meter;
  /** Prometheus text of all metrics; empty where OTEL_SDK_DISABLED is set. */
  metricsText(): Promise<string>;
  /** Runs `work` in a span; an error is recorded by its code and thrown on. */
  span<T>(name: string, options: SpanOptions, work: (span: Span) => Promise<T>): Promise<T>;
  /** W3C trace context of the running span, to be sent along. */
  traceparent(): string | undefined;
  shutdown(): Promise<void>;
}
export interface SpanOptions {
  /** Parent from elsewhere (a Kafka message); otherwise the running span is the parent. */
  readonly traceparent?: string | undefined;
  /** `consumer`: it does what a message asks for; default: internal. */
  readonly kind?: 'consumer';
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
}

export interface TelemetryOptions {
  readonly service: string;
  readonly version: string;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly otlpUrl?: string | undefined;
  readonly logDestination?: DestinationStream;
}

export function startTelemetry(options: TelemetryOptions): Telemetry {
  const log = pino(
    {
      level: options.logLevel,
      base: { service: options.service },
      timestamp: pino.stdTimeFunctions.isoTime,
      mixin: traceIds,
    },
    options.logDestination ?? pino.destination({ dest: 2, sync: true }),
  );
  const prometheus = new PrometheusExporter({ preventServerStart: true });
  const sdk = new NodeSDK({
    resource: resourceFromAttributes({ 'service.name': options.service, 'service.version': options.version }),
    // The later goes before the earlier, and each before the above.
    resourceDetectors: [serviceInstanceIdDetector, resourceAttributesEnvDetector, serviceNameEnvDetector],
    metricReaders: [prometheus],
    instrumentations: [],
    spanProcessors: options.otlpUrl
      ? [new BatchSpanProcessor({ exporter: otlpExporter(options.otlpUrl, log), scheduledDelayMillis: 500 })]
      : [],
  });
  sdk.start();
  const tracer = trace.getTracer('maskwright', options.version);
  return {
    log,
    meter: metrics.getMeter('maskwright', options.version),
    metricsText: () => prometheusText(prometheus),
    span: (name, spanOptions, work) => runSpan(tracer, name, spanOptions, work),
    traceparent: currentTraceparent,
    // Spans that no collector takes any more are no failure of the work; the exporter has told.
    shutdown: () => sdk.shutdown().catch(() => undefined),
  };
}

function runSpan<T>(tracer: Tracer, name: string, options: SpanOptions, work: (span: Span) => Promise<T>): Promise<T> {
  const parent = options.traceparent
    ? propagation.extract(ROOT_CONTEXT, { traceparent: options.traceparent })
    : context.active();
  return tracer.startActiveSpan(
    name,
    {
      kind: options.kind === 'consumer' ? SpanKind.CONSUMER : SpanKind.INTERNAL,
      attributes: { ...options.attributes },
    },
    parent,
    async (span) => {
      try {
        return await work(span);
      } catch (error) {
        span.setStatus({
          code: SpanStatusCode.ERROR,
          message: error instanceof MaskwrightError ? error.code : 'ERROR',
        });
        throw error;
      } finally {
        span.end();
      }
    },
  );
}

function currentTraceparent(): string | undefined {
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent;
}

function traceIds(): object {
  const span = trace.getActiveSpan()?.spanContext();
  return span && isSpanContextValid(span) ? { traceId: span.traceId, spanId: span.spanId } : {};
}

async function prometheusText(exporter: PrometheusExporter): Promise<string> {
  if (getBooleanFromEnv('OTEL_SDK_DISABLED')) return '';
  const { resourceMetrics } = await exporter.collect();
  return new PrometheusSerializer().serialize(resourceMetrics);
}
