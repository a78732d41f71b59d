import { createServer } from 'node:http';
import { Writable } from 'node:stream';
import { MaskwrightError } from '@maskwright/errors';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { startOperationsServer, startTelemetry, type Telemetry } from './index.ts';

const lines: string[] = [];
const received: string[] = [];
const collector = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => {
    received.push(body);
    response.end('{}');
  });
});
const receivedSchema = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({
        attributes: z.array(z.object({ key: z.string(), value: z.object({ stringValue: z.string().optional() }) })),
      }),
    }),
  ),
});
let telemetry: Telemetry;

beforeAll(async () => {
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  const address = collector.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  vi.stubEnv('OTEL_SERVICE_NAME', 'segmenter-of-ward-7');
  vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', 'deployment.environment.name=trial');
  telemetry = startTelemetry({
    service: 'test',
    version: '0',
    logLevel: 'info',
    otlpUrl: `http://127.0.0.1:${port}/v1/traces`,
    logDestination: new Writable({
      write(chunk, _, done) {
        lines.push(String(chunk));
        done();
      },
    }),
  });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await new Promise((resolve) => collector.close(resolve));
});

describe('telemetry', () => {
  test('a trace goes on from a message and shows in the log', async () => {
    const sent = await telemetry.span('outer', {}, async () => telemetry.traceparent());
    const traceId = sent?.split('-')[1];
    await telemetry.span('inner', { traceparent: sent }, async () => telemetry.log.info('at work'));
    expect(traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ msg: 'at work', service: 'test', traceId });
  });

  test('metrics, liveness and readiness are served', async () => {
    telemetry.meter.createCounter('maskwright_jobs').add(3, { outcome: 'stored' });
    let reasons = ['broker: away', 'disk: full'];
    const server = await startOperationsServer({ telemetry, port: 0, host: '127.0.0.1', unready: () => reasons });
    const get = (path: string) => fetch(server.url + path);
    expect(await (await get('/metrics')).text()).toMatch(/maskwright_jobs_total\{.*outcome="stored".*\} 3/);
    expect((await get('/livez')).status).toBe(200);
    const unready = await get('/readyz');
    expect([unready.status, await unready.text()]).toEqual([503, 'not ready\nbroker: away\ndisk: full\n']);
    reasons = [];
    expect((await get('/readyz')).status).toBe(200);
    expect((await get('/else')).status).toBe(404);
    await server.close();
  });

  test('a port that is taken is named', async () => {
    const at = { telemetry, host: '127.0.0.1', unready: () => [] };
    const server = await startOperationsServer({ ...at, port: 0 });
    const taken = startOperationsServer({ ...at, port: Number(new URL(server.url).port) });
    await expect(taken).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('telemetry.operationsPort'),
    });
    await server.close();
  });

  test('metrics that cannot be read are answered with 500, and the process goes on', async () => {
    const broken = { ...telemetry, metricsText: () => Promise.reject(new Error('Miller^Anna')) };
    const server = await startOperationsServer({ telemetry: broken, port: 0, host: '127.0.0.1', unready: () => [] });
    const answer = await fetch(`${server.url}/metrics`);
    expect([answer.status, await answer.text()]).toEqual([500, 'see the log\n']);
    expect((await fetch(`${server.url}/livez`)).status).toBe(200);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ code: 'UNEXPECTED', path: '/metrics' });
    expect(lines.join('')).not.toContain('Miller');
    await server.close();
  });

  test('spans are exported, an error by its code alone', async () => {
    const fail = telemetry.span('failing', {}, async () => {
      throw new MaskwrightError('NOT_DICOM', 'something about a file');
    });
    await expect(fail).rejects.toThrow('something');
    await telemetry.span('consuming', { kind: 'consumer' }, async () => undefined);
    await telemetry.shutdown();
    const all = received.join('');
    expect(all).toContain('"name":"failing"');
    expect(all).toContain('NOT_DICOM');
    expect(all).not.toContain('something about a file');
    // SPAN_KIND_CONSUMER of OTLP.
    expect(all).toMatch(/"name":"consuming","kind":5/);
  });

  test('the environment names the service, and each process is told apart', () => {
    const { resource } = receivedSchema.parse(JSON.parse(received[0] ?? '')).resourceSpans[0] ?? {};
    const attributes = new Map(resource?.attributes.map(({ key, value }) => [key, value.stringValue]));
    expect(Object.fromEntries(attributes)).toMatchObject({
      'service.name': 'segmenter-of-ward-7',
      'service.version': '0',
      'deployment.environment.name': 'trial',
      'service.instance.id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });
});
