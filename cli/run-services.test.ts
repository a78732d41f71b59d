import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseConfig } from '@maskwright/config';
import { expect, test } from 'vitest';
import { freePorts } from '../test/support/free-ports.ts';
import { openComposition, runServices } from './composition.ts';

test('a service that fails ends the others, and its error is thrown', async () => {
  const home = mkdtempSync(path.join(tmpdir(), 'maskwright-services-'));
  const queueFile = path.join(home, 'queue.sqlite');
  const config = parseConfig(
    {
      home,
      archive: { kind: 'embedded', port: 0 },
      console: { port: 0 },
      services: ['console', 'intake'],
    },
    'test',
  );
  const composition = await openComposition(config, {}, 'error');
  const asked: (AbortSignal | undefined)[] = [];
  const { archive } = composition;
  const watched = {
    ...archive,
    searchStudies: (...args: Parameters<typeof archive.searchStudies>) => {
      asked.push(args[1]);
      return archive.searchStudies(...args);
    },
  };
  const page = Promise.withResolvers<string>();
  const stop = new AbortController();
  try {
    const running = runServices({ ...composition, archive: watched }, config.services, stop.signal, page.resolve);
    const outcome = expect(running).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
    const url = await page.promise;
    await expect.poll(() => asked.length, { timeout: 10_000 }).toBeGreaterThan(0);
    const other = new DatabaseSync(queueFile);
    other.exec('DROP TABLE notices');
    other.close();
    await outcome;
    expect(asked.map((signal) => signal?.aborted)).not.toContain(false);
    await expect(fetch(url)).rejects.toThrow();
  } finally {
    stop.abort();
    await composition.close();
    rmSync(home, { recursive: true });
  }
});

test('a process that is asked to end is draining until the work in hand is finished', async () => {
  const home = mkdtempSync(path.join(tmpdir(), 'maskwright-services-'));
  const operationsPort = await freePorts(1);
  const config = parseConfig(
    { home, archive: { kind: 'embedded', port: 0 }, services: ['intake'], telemetry: { operationsPort } },
    'test',
  );
  const composition = await openComposition(config, {}, 'error');
  const [begun, work] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const consume = async () => {
    begun.resolve();
    await work.promise;
  };
  const queue = { ...composition.queue, notices: { ...composition.queue.notices, consume } };
  const stop = new AbortController();
  try {
    const running = runServices({ ...composition, queue }, config.services, stop.signal);
    await begun.promise;
    stop.abort();
    const answer = await fetch(`http://127.0.0.1:${operationsPort}/readyz`);
    expect([answer.status, await answer.text()]).toEqual([503, expect.stringMatching(/^not ready\ndraining: /)]);
    work.resolve();
    await running;
  } finally {
    work.resolve();
    await composition.close();
    rmSync(home, { recursive: true });
  }
});
