import type { JobState } from '@maskwright/queue';
import { srUids } from '@maskwright/result';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  archiveOf,
  catalogueOfRepository,
  event,
  image,
  radiographFile,
  segFile,
  summary,
} from '../../services/console/sample.ts';
import { type ConsolePage, consolePage } from '../support/console-page.ts';
import { describeWith, needs } from '../support/needs.ts';

const keyOf = (index: number) => event(index, { kind: 'running' }, 0).key;
const [unnoted, superseded, withReport, there] = [1, 2, 3, 4].map(keyOf);

describeWith(needs.chromium, 'masks that the PACS no longer has', () => {
  let shown: ConsolePage;
  let page: Page;
  beforeAll(async () => {
    const catalogue = await catalogueOfRepository();
    const segOf = (index: number) => segFile(catalogue, keyOf(index));
    const stored = (index: number): JobState & { kind: 'stored' } => ({
      kind: 'stored',
      sopInstanceUIDs: [segOf(index).uid, srUids(keyOf(index)).sopInstanceUID],
      result: summary,
    });
    const deleted = { at: '2026-01-01T00:00:09.000Z', sopInstanceUIDs: [segOf(3).uid] };
    const { uid, bytes } = segOf(4);
    const files = new Map([
      [image, radiographFile()],
      [uid, bytes],
    ]);
    shown = await consolePage(archiveOf(files), [
      event(1, stored(1), 1),
      event(2, stored(2), 2),
      event(2, { kind: 'superseded', by: keyOf(1) }, 3),
      event(3, { ...stored(3), deleted }, 9),
      event(4, stored(4), 10),
    ]);
    ({ page } = shown);
  }, 60_000);
  afterAll(async () => {
    await shown?.close();
  });

  async function open(key: string | undefined) {
    await page.goto('about:blank');
    await page.goto(`${shown.url}/#/${key}`);
    await page.locator(`#variants a[aria-current="true"][href="#/${key}"]`).waitFor();
  }
  const warning = () => page.locator('.warnings', { hasText: 'The PACS no longer has the masks' });
  const words = (id: string) => page.locator(id).textContent();

  test.each([
    ['which no sweep has noted yet', unnoted, 'the PACS no longer has it', 1],
    ['of a superseded result, which no sweep notes', superseded, 'masks were deleted in the PACS', 1],
    ['while the report is left', withReport, 'has since been deleted in the PACS', 0],
  ])('%s: the image is shown, and nobody is told that there are masks', async (_, key, outcome, warnings) => {
    await open(key);
    await page.locator('canvas[data-masks="0"]').waitFor();
    expect(await words('#outcome')).toContain(outcome);
    expect(await words('#about')).toContain('mask deleted');
    expect(await words('#about')).not.toContain('SEG UID');
    expect(await warning().count()).toBe(warnings);
  });

  test('since the page was told of them: trying again tells the page anew', async () => {
    await page.route('**/mask/**', (route) => route.fulfill({ status: 404 }));
    await open(there);
    await page.getByText('The picture cannot be loaded.').waitFor();
    await page.route('**/picture', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), segments: [], isGone: true } });
    });
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('canvas[data-masks="0"]').waitFor();
    expect(await warning().count()).toBe(1);
  });

  test('with the images: nothing is said to be stored beside them', async () => {
    const fault = { error: 'SOURCE_GONE: the archive no longer has series 1.2.3.4.', code: 'SOURCE_GONE' };
    await page.route('**/picture', (route) => route.fulfill({ status: 422, json: fault }));
    await open(there);
    await page.getByText('the archive no longer has series').waitFor();
    await expect.poll(() => words('#outcome')).toContain('the PACS no longer has the images');
  });
});
