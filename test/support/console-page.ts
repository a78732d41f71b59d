import type { Archive } from '@maskwright/dicomweb';
import type { JobEvent } from '@maskwright/queue';
import { chromium, type Page } from 'playwright-core';
import type { MemoryQueue } from '../../services/console/sample.ts';
import { startSampleConsole } from '../../services/console/sample-console.ts';
import { chromiumPath } from './needs.ts';

/** The console over made-up events, and a page of a real browser that looks at it. */
export interface ConsolePage {
  readonly page: Page;
  readonly url: string;
  readonly queue: MemoryQueue;
  close(): Promise<void>;
}

export async function consolePage(archive: Archive, events: readonly JobEvent[]): Promise<ConsolePage> {
  const served = await startSampleConsole(archive, events);
  const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-gpu'] });
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  page.setDefaultTimeout(20_000);
  return {
    page,
    url: served.url,
    queue: served.queue,
    async close() {
      await browser.close();
      await served.close();
    },
  };
}
