import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Case } from '../../cli/evaluate-cases.ts';
import { reportHtml } from '../../cli/evaluate-html.ts';
import type { CaseRow } from '../../cli/evaluate-record.ts';
import { reportJson } from '../../cli/evaluate-report.ts';
import { Tally } from '../../cli/evaluate-tally.ts';
import { chromiumPath, describeWith, needs } from '../support/needs.ts';

const PHONE = { width: 390, height: 844 };
/** A4, less its margins, in CSS pixels. */
const PAPER = { width: 718, height: 1047 };
const image = `${'a-long-name-without-any-space'.repeat(4)}.png`;
const one: Case = {
  image,
  target: 'left ventricular cavity',
  dataset: 'cardiac-ultrasound of a long name',
  imagePath: image,
  maskPath: image,
  attributesPath: undefined,
};
const row: CaseRow = {
  model: 'starter-vlsm',
  promptType: 'own',
  dice: 0.5,
  iou: 0.4,
  hd95: 10,
  nsd: 0.5,
  predictedDice: 0.6,
  outcome: 'stored',
  chosen: 'starter-vlsm',
};

describeWith(needs.chromium, 'the report of an evaluation in a real browser', () => {
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    const tally = new Tally();
    const comparison = { vlsm: 0.5, conventional: 0.4, consensus: 0.5, auto: 0.5, retouch: null, stored: true };
    tally.add(one, { key: '', image: '', rows: [row], comparisons: [{ ...comparison, predicted: 0.6 }] });
    const faults = [{ ...one, reason: `INPUT_NOT_FOUND: ${image}` }];
    const report = reportJson({ tally, faults, cases: 2, done: 2, bundles: [], at: new Date(0) });
    browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-gpu'] });
    page = await browser.newPage({ viewport: PHONE });
    await page.setContent(reportHtml(report, tally.forecasts(), [{ ...one, row, picture: '' }]));
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
  });

  const areCut = (selector: string) =>
    page.locator(selector).evaluateAll((all) => all.map(({ clientWidth, scrollWidth }) => scrollWidth > clientWidth));

  test('on a phone its tables and charts scroll in boxes of their own, the page does not', async () => {
    expect(await areCut('html')).toEqual([false]);
    expect(await areCut('.wide')).toContain(true);
  });

  test('on paper nothing is cut off', async () => {
    await page.emulateMedia({ media: 'print' });
    await page.setViewportSize(PAPER);
    expect(await areCut('html, .wide')).not.toContain(true);
    await page.emulateMedia({ media: null });
    await page.setViewportSize(PHONE);
  });

  test('all of it is the main landmark, and the keyboard reaches each box that scrolls, by its name', async () => {
    expect(await page.locator('body > *').evaluateAll((all) => all.map(({ tagName }) => tagName))).toEqual(['MAIN']);
    for (const name of ['Choice between models', 'Dice with 95 % intervals', 'All rows']) {
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.ariaLabel')).toBe(name);
    }
  });

  test('charts are pictures with a name', async () => {
    expect(await page.getByRole('img', { name: /Dice|risk/ }).count()).toBe(await page.locator('svg').count());
  });
});
