/** Traces, metrics and logs, and the server of their probes. No patient data in any of them. */
export { startOperationsServer } from './operations-server.ts';
export { checkCollector } from './otlp-exporter.ts';
export { type Readiness, type ReadinessCheck, type WatchOptions, watchReadiness } from './readiness.ts';
export { type SpanOptions, startTelemetry, type Telemetry, type TelemetryOptions } from './telemetry.ts';
