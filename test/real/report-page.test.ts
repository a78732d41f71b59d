import { chromium } from 'playwright-core';
import { expect, test } from 'vitest';
import type { Case } from '../../cli/evaluate-cases.ts';
import { reportHtml } from '../../cli/evaluate-html.ts';
import type { CaseRow } from '../../cli/evaluate-record.ts';
import { reportJson } from '../../cli/evaluate-report.ts';
import { Tally } from '../../cli/evaluate-tally.ts';
import { chromiumPath, describeWith, needs } from '../support/needs.ts';

const PHONE = { width: 390, height: 844 };
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
  test('on a phone its tables and charts scroll in boxes of their own, the page does not', async () => {
    const tally = new Tally();
    const comparison = { vlsm: 0.5, conventional: 0.4, consensus: 0.5, auto: 0.5, retouch: null, stored: true };
    tally.add(one, { key: '', image: '', rows: [row], comparisons: [{ ...comparison, predicted: 0.6 }] });
    const faults = [{ ...one, reason: `INPUT_NOT_FOUND: ${image}` }];
    const report = reportJson({ tally, faults, cases: 2, done: 2, bundles: [], at: new Date(0) });
    const html = reportHtml(report, tally.forecasts(), [{ ...one, row, picture: '' }]);

    const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-gpu'] });
    try {
      const page = await browser.newPage({ viewport: PHONE });
      await page.setContent(html);
      const widths = (selector: string) =>
        page
          .locator(selector)
          .evaluateAll((all) => all.map(({ clientWidth, scrollWidth }) => scrollWidth > clientWidth));
      expect(await widths('html')).toEqual([false]);
      expect(await widths('.wide')).toContain(true);
    } finally {
      await browser.close();
    }
  });
});
