import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { startTelemetry } from './index.ts';

test('without a collector a line has the trace that its message came with, and else none', async () => {
  const lines: unknown[] = [];
  const logDestination = new Writable({
    write(chunk, _, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const telemetry = startTelemetry({ service: 'test', version: '0', logLevel: 'info', logDestination });
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  await telemetry.span('alone', {}, async () => telemetry.log.info('alone'));
  await telemetry.span('asked', { traceparent: `00-${traceId}-00f067aa0ba902b7-01` }, async () =>
    telemetry.log.info('asked'),
  );
  await telemetry.shutdown();
  expect(lines).toEqual([
    expect.not.objectContaining({ traceId: expect.anything() }),
    expect.objectContaining({ traceId, msg: 'asked' }),
  ]);
});
