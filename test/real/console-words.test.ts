import type { JobEvent, JobState } from '@maskwright/queue';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { archiveOf, event, image, radiographFile, summary } from '../../services/console/sample.ts';
import { type ConsolePage, consolePage } from '../support/console-page.ts';
import { describeWith, needs } from '../support/needs.ts';

const stored: JobState = { kind: 'stored', sopInstanceUIDs: [], result: { ...summary, words: 'right lung' } };
const keyOf = (index: number) => event(index, { kind: 'running' }, 0).key;

describeWith(needs.chromium, 'other words', () => {
  let shown: ConsolePage;
  let page: Page;
  beforeAll(async () => {
    shown = await consolePage(archiveOf(new Map([[image, radiographFile()]])), [
      event(0, { kind: 'stored', sopInstanceUIDs: [], result: summary }, 0),
    ]);
    ({ page } = shown);
  }, 60_000);
  afterAll(async () => {
    await shown?.close();
  });

  const answer = () => page.locator('#answer').textContent();
  let at = Date.now() + 3_600_000;
  const tell = (one: Partial<JobEvent>) =>
    shown.queue.events.append({ ...event(1, stored, 0), at: new Date(at++).toISOString(), ...one });

  test.each<[string, number, Partial<JobEvent>, string, number]>([
    ['more images', 2, {}, 'Done: shown beside the first result.', 2],
    ['images of several sizes', 3, { matrix: '10x10' }, 'The series has images of several sizes now', 1],
  ])(
    'that go along to %s since: what was asked of them is shown when it is there',
    async (words, index, others, said, panes) => {
      await page.goto(`${shown.url}/#/${keyOf(0)}`);
      await page.locator('canvas[data-slice]').waitFor();
      await page.locator('#words').fill(words);
      await page.locator('#reprompt button').click();
      await expect.poll(answer).toBe('Segmenting…');
      const key = shown.queue.enqueued.at(-1)?.key ?? keyOf(0);
      await tell({ key, state: { kind: 'superseded', by: keyOf(index) } });
      await expect.poll(answer).toContain('the words go to them as they are now');
      await tell({ key: keyOf(index), ...others });
      await expect.poll(answer).toContain(said);
      expect(page.url()).toContain(keyOf(index));
      await expect.poll(() => page.locator('.pane').count()).toBe(panes);
      await expect.poll(() => page.locator('#title').textContent()).toContain(others.matrix ? '10 rows' : 'chest');
    },
  );

  test('the words of the result that is shown: what is beside it stays, and is not called the first', async () => {
    const ofWords = keyOf(4);
    await tell({ key: ofWords, state: { kind: 'queued', lane: 'interactive', prompt: 'lung' } });
    await tell({ key: ofWords });
    await page.goto(`${shown.url}/#/${ofWords}/beside/${keyOf(0)}`);
    await page.locator('.pane').nth(1).waitFor();
    await page.route('**/prompt', (route) => route.fulfill({ json: { key: ofWords, known: true } }));
    await page.locator('#words').fill('lung');
    await page.locator('#reprompt button').click();
    await expect.poll(answer).toBe('Done: shown here.');
    expect(await page.locator('.pane').count()).toBe(2);
  });
});
