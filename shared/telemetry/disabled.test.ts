import { expect, test, vi } from 'vitest';
import { startOperationsServer, startTelemetry } from './index.ts';

test('where OTEL_SDK_DISABLED is set there are no metrics, and that is no failure', async () => {
  vi.stubEnv('OTEL_SDK_DISABLED', 'true');
  const telemetry = startTelemetry({ service: 'test', version: '0', logLevel: 'silent' });
  telemetry.meter.createCounter('maskwright_jobs').add(1);
  const server = await startOperationsServer({ telemetry, port: 0, host: '127.0.0.1', unready: () => [] });
  const answer = await fetch(`${server.url}/metrics`);
  expect([answer.status, await answer.text()]).toEqual([200, '']);
  await server.close();
  await telemetry.shutdown();
  vi.unstubAllEnvs();
});
