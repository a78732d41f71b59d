import { MaskwrightError } from '@maskwright/errors';
import type { JobState } from '@maskwright/queue';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { archiveOf, event, image, radiographFile, summary } from '../../services/console/sample.ts';
import { type ConsolePage, consolePage } from '../support/console-page.ts';
import { describeWith, needs } from '../support/needs.ts';

const stored: JobState = { kind: 'stored', sopInstanceUIDs: [], result: summary };
const running: JobState = { kind: 'running' };
const keyOf = (index: number) => event(index, running, 0).key;

describeWith(needs.chromium, 'the page when something is away', () => {
  let shown: ConsolePage;
  let page: Page;
  let isAway = false;

  beforeAll(async () => {
    const archive = archiveOf(new Map([[image, radiographFile()]]));
    shown = await consolePage(
      {
        ...archive,
        retrieveMetadata: async (...of) => {
          if (isAway) throw new MaskwrightError('ARCHIVE_UNREACHABLE', 'the PACS is away');
          return archive.retrieveMetadata(...of);
        },
      },
      [1, 2, 3].map((index) => event(index, stored, index)),
    );
    ({ page } = shown);
  }, 60_000);
  afterAll(async () => {
    await shown?.close();
  });

  const live = () => page.locator('#live').textContent();
  const canvas = () => page.locator('canvas[data-slice]');
  /** A browser that runs without a screen hides no page. */
  const see = (isSeen: boolean) =>
    page.evaluate(`Object.defineProperty(document, 'hidden', { value: ${!isSeen}, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'))`);
  async function open(key: string) {
    await page.goto('about:blank');
    await page.goto(`${shown.url}/#/${key}`);
    await expect.poll(live).toBe('live');
  }

  test('the archive: the page says so, and a button asks again', async () => {
    isAway = true;
    await open(keyOf(1));
    await page.getByText('the PACS is away').waitFor();
    isAway = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await canvas().waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('viewer');
    expect(await page.getByText('the PACS is away').count()).toBe(0);
  });

  test('a slow network: nothing is said of one result under the title of another', async () => {
    await open(keyOf(1));
    await page.locator('#outcome .lead').waitFor();
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    await page.route(`**/api/results/${keyOf(2)}**`, async (route) => {
      await gate;
      await route.continue();
    });
    await page.evaluate(`location.hash = '#/${keyOf(2)}'`);
    await page.getByText('Loading…').waitFor();
    expect(await page.locator('#outcome').textContent()).toBe('');
    expect(await page.locator('#about').textContent()).toBe('');
    go();
    await page.locator('#outcome .lead').waitFor();
    await canvas().waitFor();
    await page.unroute(`**/api/results/${keyOf(2)}**`);
  });

  test('the console: what was chosen meanwhile is shown when it is back', async () => {
    await open(keyOf(1));
    await page.route('**/api/results/**', (route) => route.abort());
    await page.evaluate(`location.hash = '#/${keyOf(2)}'`);
    await page.getByText('Maskwright cannot be reached.').waitFor();
    expect(await page.locator('#detail').isVisible()).toBe(false);
    await page.unroute('**/api/results/**');
    await see(false);
    await see(true);
    await canvas().waitFor();
  });

  describe('the live connection', () => {
    test('that has fallen silent is lost, and taken up again', async () => {
      await page.clock.install();
      await open(keyOf(1));
      await page.clock.fastForward(39_000);
      expect(await live()).toBe('live');
      await page.clock.fastForward(2_000);
      expect(await live()).toMatch(/lost/);
      await page.clock.fastForward(3_000);
      await expect.poll(live).toBe('live');
    });

    test('is let go while nobody sees the page; what came then is there afterwards', async () => {
      await open(keyOf(1));
      await see(false);
      expect(await live()).toBe('connecting…');
      await shown.queue.events.append({ ...event(9, running, 99), task: 'came-meanwhile' });
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(await page.locator('#lines', { hasText: 'came-meanwhile' }).count()).toBe(0);
      await see(true);
      await page.locator('#lines', { hasText: 'came-meanwhile' }).waitFor();
      expect(await live()).toBe('live');
    });
  });
});
