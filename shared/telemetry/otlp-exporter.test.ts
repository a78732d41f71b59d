import { createServer } from 'node:http';
import { Writable } from 'node:stream';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { checkCollector, otlpExporter } from './otlp-exporter.ts';
import { startTelemetry } from './telemetry.ts';

const opened: { close(): void }[] = [];
afterEach(() => {
  for (const one of opened.splice(0)) one.close();
});

/** A collector that answers with these statuses, one after the other. */
async function collector(statuses: readonly number[]): Promise<number> {
  const left = [...statuses];
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(left.shift() ?? 200).end('Miller^Anna'));
  });
  opened.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

test.each([
  ['that works', [200, 200], []],
  ['at a wrong place', [404, 404, 404], ['traces are lost: the collector does not take them']],
  [
    'that works again after a while',
    [404, 404, 200, 200],
    ['traces are lost: the collector does not take them', 'the collector takes traces again'],
  ],
])('a collector %s is told of once', async (_, statuses, told) => {
  const lines: { msg: string }[] = [];
  const destination = new Writable({
    write(chunk, __, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const place = `http://127.0.0.1:${await collector(statuses)}/v1/traces`;
  const exporter = otlpExporter(`${place}?key=secret`, pino(destination));
  const codes: ExportResultCode[] = [];
  for (const __ of statuses) {
    const result = await new Promise<ExportResult>((resolve) => exporter.export([], resolve));
    codes.push(result.code);
  }
  await exporter.shutdown();
  expect(codes).toEqual(
    statuses.map((status) => (status === 200 ? ExportResultCode.SUCCESS : ExportResultCode.FAILED)),
  );
  expect(lines.map(({ msg }) => msg)).toEqual(told);
  if (told.length > 0) expect(lines[0]).toMatchObject({ url: place, reason: '404' });
  expect(JSON.stringify(lines)).not.toMatch(/Miller|secret/);
});

test('a collector is checked without a span', async () => {
  const good = `http://127.0.0.1:${await collector([200])}/v1/traces`;
  await expect(checkCollector(good)).resolves.toBeUndefined();
});

test.each([
  ['another server', async () => `http://127.0.0.1:${await collector([404])}/v1/traces?key=secret`, / answered 404/],
  ['nobody', async () => 'http://127.0.0.1:1/v1/traces?key=secret', / does not answer/],
])('%s is no collector', async (_, url, why) => {
  const check = checkCollector(await url());
  await expect(check).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringMatching(why) });
  await expect(check).rejects.not.toThrow(/secret|Miller/);
});

test('spans that no collector takes fail no end of a process', async () => {
  const otlpUrl = `http://127.0.0.1:${await collector([404])}/v1/traces`;
  const telemetry = startTelemetry({ service: 'test', version: '0', logLevel: 'silent', otlpUrl });
  await telemetry.span('lost', {}, async () => undefined);
  await expect(telemetry.shutdown()).resolves.toBeUndefined();
});
