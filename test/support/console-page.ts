import type { Archive } from '@maskwright/dicomweb';
import type { JobEvent } from '@maskwright/queue';
import { startTelemetry } from '@maskwright/telemetry';
import { chromium, type Page } from 'playwright-core';
import { catalogueOfRepository, MemoryQueue } from '../../services/console/sample.ts';
import { startConsole } from '../../services/console/server.ts';
import { chromiumPath } from './needs.ts';

/** The console over made-up events, and a page of a real browser that looks at it. */
export interface ConsolePage {
  readonly page: Page;
  readonly url: string;
  readonly queue: MemoryQueue;
  close(): Promise<void>;
}

export async function consolePage(archive: Archive, events: readonly JobEvent[]): Promise<ConsolePage> {
  const telemetry = startTelemetry({
    service: 'test',
    version: '0',
    logLevel: 'error',
    logDestination: { write: () => undefined },
  });
  const queue = new MemoryQueue(events);
  const catalogue = await catalogueOfRepository();
  const deps = { archive, queue, catalogue, bundleDigest: () => 'digest', telemetry, now: () => new Date() };
  const server = await startConsole(deps, { host: '127.0.0.1', port: 0 });
  const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-gpu'] });
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  page.setDefaultTimeout(20_000);
  return {
    page,
    url: server.url,
    queue,
    async close() {
      await browser.close();
      await server.close();
      await telemetry.shutdown();
    },
  };
}
