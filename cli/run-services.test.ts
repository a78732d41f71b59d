import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseConfig } from '@maskwright/config';
import { expect, test } from 'vitest';
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
