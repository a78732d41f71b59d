import { parseUid, type SeriesInstanceUID, type SOPInstanceUID } from '@maskwright/dicom';
import type { JobEvent, JobState } from '@maskwright/queue';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

const at = '2026-01-01T00:00:50.000Z';
const uids = ['2.25.71', '2.25.72'].map((uid) => parseUid<SOPInstanceUID>(uid, 'instance'));
const stored: JobState = { kind: 'stored', sopInstanceUIDs: uids, result: summary };
const refused: JobState = { kind: 'needs-person', result: { ...summary, model: null } };
const failed: JobState = { kind: 'failed', code: 'PIXELS_CORRUPT', reason: 'frame 1 ends early' };
const running: JobState = { kind: 'running' };
const words = (state: JobState): readonly JobState[] => [{ kind: 'queued', lane: 'interactive', prompt: 'x' }, state];

/** Of a series: what became of each of its results, the catalogue's own first; the chip; the filters that list it. */
const SERIES: readonly [string, readonly (readonly JobState[])[], string, readonly string[]][] = [
  ['stored', [[stored]], 'Stored', ['stored']],
  ['stored, and words that found nothing fit', [[stored], words(refused)], 'Stored', ['stored']],
  ['stored, and words that failed', [[stored], words(failed)], 'Stored', ['stored']],
  ['stored, and words at work', [[stored], words(running)], 'Stored, 1 in progress', ['stored', 'open']],
  ['needs a person, and words that are stored', [[refused], words(stored)], 'Needs a person', ['needs-person']],
  ['failed', [[failed]], 'Failed', ['failed']],
  ['at work', [[running]], 'Running', ['open']],
  [
    'superseded after the one that took its place was stored',
    [[stored], [stored, { kind: 'superseded', by: event(0, running, 0).key }]],
    'Stored',
    ['stored'],
  ],
  ['deleted', [[{ ...stored, deleted: { at, sopInstanceUIDs: uids } }]], 'Deleted in the PACS', ['deleted-all']],
  [
    'deleted in part',
    [[{ ...stored, deleted: { at, sopInstanceUIDs: uids.slice(0, 1) } }]],
    'Stored, partly deleted',
    ['stored'],
  ],
];
const seriesOf = (index: number) => parseUid<SeriesInstanceUID>(`1.2.3.4${index}`, 'series');

describeWith(needs.chromium, 'the worklist', () => {
  let shown: ConsolePage;
  let page: Page;

  beforeAll(async () => {
    const events = SERIES.flatMap(([, variants], index) =>
      variants.flatMap((states, variant) =>
        states.map((state, turn): JobEvent => {
          const one = event(index * 10 + variant, state, variant * 10 + turn);
          return { ...one, series: seriesOf(index) };
        }),
      ),
    );
    const { bytes } = segFile(await catalogueOfRepository(), event(0, running, 0).key);
    const files = [[image, radiographFile()] as const, ...uids.map((uid) => [uid, bytes] as const)];
    shown = await consolePage(archiveOf(new Map(files)), events);
    ({ page } = shown);
    await page.goto(shown.url);
    await page
      .locator('#lines a')
      .nth(SERIES.length - 1)
      .waitFor();
  }, 60_000);
  afterAll(async () => {
    await shown?.close();
  });

  describe('a line says what is in the PACS, and the filters agree with it', () => {
    test.each(SERIES)('%s', async (title, _, chip, filters) => {
      const index = SERIES.findIndex(([one]) => one === title);
      const line = page.locator(`#lines a[data-of^="${seriesOf(index)} "]`);
      const [, state, more] = /^(.*?)(?:, (\d.*))?$/.exec(chip) ?? [];
      expect(await line.locator('.state').allTextContents()).toEqual([state, more].filter(Boolean));
      for (const filter of ['stored', 'needs-person', 'failed', 'open', 'deleted-all']) {
        await page.locator('#filter').selectOption(filter);
        expect(await line.count(), filter).toBe(filters.includes(filter) ? 1 : 0);
      }
      await page.locator('#filter').selectOption('all');
    });
  });

  test('a result of another day is told with its day', async () => {
    expect(await page.locator('#lines a .foot').first().textContent()).toMatch(/Jan|Dec/);
  });

  test('the list is one stop of the tab key, and arrows, Home and End lead through it', async () => {
    const focused = (): Promise<string> =>
      page.evaluate('document.activeElement.dataset.of ?? document.activeElement.id');
    const lines = await page.locator('#lines a').evaluateAll((all) => all.map(({ dataset }) => dataset.of));
    await page.locator('#filter').focus();
    await page.keyboard.press('Tab');
    expect(lines).toContain(await focused());
    await page.keyboard.press('Home');
    expect(await focused()).toBe(lines[0]);
    await page.getByText('other lines').waitFor();
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toBe(lines[1]);
    await page.keyboard.press('End');
    expect(await focused()).toBe(lines.at(-1));
    await page.keyboard.press('Tab');
    expect(lines).not.toContain(await focused());
  });

  test('a click is not lost while other lines come and change', async () => {
    const line = page.locator(`#lines a[data-of^="${seriesOf(5)} "]`);
    const { x, y } = (await line.boundingBox()) ?? { x: 0, y: 0 };
    await page.mouse.move(x + 20, y + 10);
    await page.mouse.down();
    const changed = event(60, running, 0);
    for (const [turn, state] of [running, stored, running].entries())
      await shown.queue.events.append({ ...event(60, state, -turn), series: seriesOf(6) });
    await page.locator(`#lines a[href="#/${changed.key}"]`).waitFor();
    await page.mouse.up();
    await expect.poll(() => page.url()).toContain(event(50, running, 0).key);
  });

  test('the focus stays at the outcome when a failed result waits again', async () => {
    const { key, study, series, task } = { ...event(50, running, 0), series: seriesOf(5) };
    const job = { schema: 'maskwright.job/1', key, study, series, task, lane: 'routine' } as const;
    const letter = { job, code: 'PIXELS_CORRUPT', reason: 'x', at: '2026-01-02T00:00:00Z' };
    shown.queue.letters.push({ ...letter, schema: 'maskwright.dead-letter/1' });
    await page.goto(`${shown.url}/#/${key}`);
    await page.getByRole('button', { name: 'Try again' }).focus();
    await page.keyboard.press('Enter');
    await page.locator('#outcome .state[data-state="queued"]').waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('outcome');
    await shown.queue.events.append({
      ...event(50, failed, 0),
      series,
      at: new Date(Date.now() + 60_000).toISOString(),
    });
    await page.locator('#outcome .state[data-state="failed"]').waitFor();
  });

  test('a title without a space stays within the list, and within a page of 320 pixels', async () => {
    const long = {
      ...event(70, running, 0),
      task: 'y'.repeat(150),
      series: seriesOf(5),
      at: '2026-01-03T00:00:00.000Z',
    };
    await shown.queue.events.append(long);
    await page.locator(`#lines a[href="#/${long.key}"]`).waitFor();
    const width = (of: string) =>
      page.locator(of).evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);
    expect(await width('#worklist')).toBe(0);
    await page.setViewportSize({ width: 320, height: 640 });
    expect(await width('html')).toBe(0);
    await page.goto(`${shown.url}/#/${long.key}`);
    await page.locator('#title', { hasText: 'yyy' }).waitFor();
    expect(await width('html')).toBe(0);
    await page.setViewportSize({ width: 1400, height: 900 });
  });

  test('a result that is deleted while it is looked at is said to be deleted', async () => {
    const { key } = event(0, running, 0);
    await page.goto(`${shown.url}/#/${key}`);
    await page.locator('#outcome', { hasText: 'stored beside the images' }).waitFor();
    const now = new Date(Date.now() + 60_000).toISOString();
    const gone: JobState = { ...stored, deleted: { at: now, sopInstanceUIDs: uids } };
    await shown.queue.events.append({ ...event(0, gone, 0), series: seriesOf(0), at: now });
    await page.locator('#outcome', { hasText: 'has since been deleted' }).waitFor();
  });

  describe('the answer to words', () => {
    const [from] = [event(0, running, 0).key];
    test.each<[string, JobState, RegExp]>([
      ['that no mask was kept of', refused, /^No mask was kept; see the reason below\.$/],
      ['that failed', failed, /^It failed; see the reason above\.$/],
      ['that are stored', stored, /^Done: shown beside the first result\.$/],
    ])('%s, from a page that was opened at a result', async (name, state, said) => {
      await page.goto('about:blank');
      await page.goto(`${shown.url}/#/${from}`);
      await page.locator(`#lines a[aria-current="true"][href="#/${from}"]`).waitFor();
      await send(name, state);
      await expect.poll(() => page.locator('#answer').textContent()).toMatch(said);
    });

    test('is not given where another series is looked at meanwhile', async () => {
      await page.goto(`${shown.url}/#/${from}`);
      const key = await ask('lung');
      const elsewhere = event(50, running, 0).key;
      await page.locator(`#lines a[href="#/${elsewhere}"]`).click();
      await page.locator('#outcome', { hasText: 'Failed' }).waitFor();
      await end(key, stored);
      await page.locator(`#lines a[data-of^="${seriesOf(0)} "]`, { hasText: '5 results' }).waitFor();
      expect(await page.locator('#answer').textContent()).toBe('');
    });

    test('is told of where another result of the series is looked at meanwhile', async () => {
      await page.goto(`${shown.url}/#/${from}`);
      const key = await ask('spine');
      const before = shown.queue.enqueued[2]?.key;
      await page.locator(`#variants a[href="#/${before}"]`).click();
      await page.locator(`#variants a[aria-current="true"][href="#/${before}"]`).waitFor();
      await end(key, stored);
      await expect.poll(() => page.locator('#answer').textContent()).toMatch(/has ended: choose it above the image\.$/);
      expect(page.url()).toContain(before);
    });

    async function send(text: string, state: JobState) {
      await end(await ask(text), state);
    }
    async function ask(text: string) {
      const before = shown.queue.enqueued.length;
      await page.locator('#words').fill(text);
      await page.locator('#words').press('Enter');
      await expect.poll(() => shown.queue.enqueued.length).toBe(before + 1);
      return shown.queue.enqueued[before]?.key ?? from;
    }
    const end = (key: JobEvent['key'], state: JobState) =>
      shown.queue.events.append({
        ...event(0, state, 0),
        key,
        series: seriesOf(0),
        at: new Date(Date.now() + 60_000).toISOString(),
      });
  });
});
