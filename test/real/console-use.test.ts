import type { JobEvent, JobState, ResultSummary } from '@maskwright/queue';
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

const WORDS = [
  'heart',
  'big heart',
  'the heart of a child',
  'a heart that is as wide as half of the chest',
  'cardiac silhouette',
  'left ventricle and left atrium',
  'the shadow in the middle',
  'heart and great vessels of the mediastinum',
  'heart without the vessels',
  'heart, left border',
  'heart, right border',
  'heart in a chest X-ray taken lying down',
];
const UNTAUGHT = 'the model was not taught "big": the mask is its idea of heart';
const LEFT_OUT =
  "1 of 2 images of the series are not chest-xray's and were left out: ViewPosition says lateral (1.2.3.4.6)";
const keyOf = (index: number) => event(index, { kind: 'running' }, 0).key;
const catalogues = keyOf(0);
const big = keyOf(2);

describeWith(needs.chromium, 'the page in use', () => {
  let shown: ConsolePage;
  let page: Page;

  beforeAll(async () => {
    const catalogue = await catalogueOfRepository();
    const files = new Map<string, Uint8Array>([[image, radiographFile()]]);
    const stored = (index: number, warnings: readonly string[] = []): JobState => {
      const { uid, bytes } = segFile(catalogue, keyOf(index));
      files.set(uid, bytes);
      return { kind: 'stored', sopInstanceUIDs: [uid], result: { ...summary, warnings } };
    };
    const asked = WORDS.flatMap((prompt, at): JobEvent[] => {
      const index = at + 1;
      const refused: ResultSummary = { ...summary, model: null };
      const end: JobState =
        index === 3 ? { kind: 'needs-person', result: refused } : stored(index, index === 2 ? [UNTAUGHT] : []);
      return [event(index, { kind: 'queued', lane: 'interactive', prompt }, index), event(index, end, 50 + index)];
    });
    shown = await consolePage(archiveOf(files), [event(0, stored(0, [LEFT_OUT]), 0), ...asked]);
    ({ page } = shown);
  }, 60_000);
  afterAll(async () => {
    await shown?.close();
  });

  async function open(key: string, beside?: string) {
    await page.goto(`${shown.url}/#/${key}${beside ? `/beside/${beside}` : ''}`);
    await page.locator(`#variants a[aria-current="true"][href="#/${key}"]`).waitFor();
    await page
      .locator('canvas[data-slice]')
      .nth(beside ? 1 : 0)
      .waitFor();
  }

  describe('many results of a series leave the controls where they can be reached', () => {
    test.each([
      [1366, 650, undefined],
      [1366, 650, big],
      [1366, 768, undefined],
      [1400, 700, undefined],
      [1400, 700, big],
      [390, 844, big],
    ])('%i × %i', async (width, height, beside) => {
      await page.setViewportSize({ width, height });
      await open(catalogues, beside);
      for (const control of ['#outline', '#opacity', '.segments input']) {
        const place = page.locator(control).first();
        if (width < 1000) await place.scrollIntoViewIfNeeded();
        expect(await isOnTop(place), control).toBe(true);
      }
      if (!beside && width > 1000) expect(await isOnTop(page.locator('#keys')), 'keys').toBe(true);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      await page.setViewportSize({ width: 1400, height: 900 });
    });
  });

  test('images beside each other are of one size, whatever is said below them', async () => {
    await open(keyOf(3), big);
    const heights = await page.locator('.stage').evaluateAll((all) => all.map(({ clientHeight }) => clientHeight));
    expect(heights[0]).toBe(heights[1]);
  });

  test('warnings are said at the image that they are of', async () => {
    await open(catalogues);
    expect(await page.locator('.pane .warnings').allTextContents()).toEqual([LEFT_OUT]);
    await open(catalogues, big);
    expect(await page.locator('.pane', { hasText: 'big heart' }).locator('.warnings').textContent()).toBe(UNTAUGHT);
    expect(await page.locator('.pane', { hasText: 'Catalogue' }).locator('.warnings').textContent()).toBe(LEFT_OUT);
  });

  test('masks that are off are said to be off', async () => {
    await open(catalogues);
    const off = page.getByText('Masks are off');
    expect(await off.isVisible()).toBe(false);
    await page.keyboard.press('m');
    await off.waitFor();
    await page.keyboard.press('m');
    await off.waitFor({ state: 'hidden' });
  });

  test('dark surroundings change no colour of the page: it has one scheme and says so', async () => {
    await open(catalogues);
    const looks = () => page.evaluate('getComputedStyle(document.querySelector("#words")).backgroundColor');
    const light = await looks();
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await looks()).toBe(light);
    expect(await page.evaluate('getComputedStyle(document.documentElement).colorScheme')).toContain('only');
    await page.emulateMedia({ colorScheme: null });
  });

  test('keys go on after a box was clicked, and letters can be switched off for whoever speaks to the computer', async () => {
    await open(catalogues);
    const masks = () => page.locator('canvas').getAttribute('data-masks');
    await page.locator('.segments input').first().click();
    await expect.poll(masks).toBe('0');
    await page.keyboard.press('1');
    await expect.poll(masks).toBe('1');
    await page.locator('#single-keys').uncheck();
    await page.keyboard.press('m');
    await page.reload();
    await page.locator('canvas[data-masks="1"]').waitFor();
    await page.keyboard.press('m');
    expect(await page.getByText('Masks are off').isVisible()).toBe(false);
    await page.locator('#single-keys').check();
  });

  test('on paper the image keeps its shape and nothing is cut off', async () => {
    await open(catalogues);
    await page.emulateMedia({ media: 'print' });
    expect(await styleOf('canvas', 'objectFit')).toBe('contain');
    for (const one of ['#worklist', '#reprompt']) expect(await page.locator(one).isVisible(), one).toBe(false);
    for (const one of ['#viewer', '#detail']) {
      const cut = await page.locator(one).evaluate(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight);
      expect(cut, one).toBe(0);
    }
    await page.emulateMedia({ media: null });
  });

  test('where the system sets the colours the segments keep theirs, and the chosen line is told from the others', async () => {
    await open(catalogues);
    await page.emulateMedia({ forcedColors: 'active' });
    expect(await styleOf('.segments .swatch', 'backgroundColor')).toMatch(/^rgb\(2\d\d, \d+, \d+\)$/);
    const [chosen, other] = [await styleOf('#lines a', 'borderLeftColor'), 'rgb(255, 255, 255)'];
    expect(chosen).not.toBe(other);
    await page.evaluate('document.querySelector("#lines a").removeAttribute("aria-current")');
    expect(await styleOf('#lines a', 'borderLeftColor')).toBe(other);
    await page.emulateMedia({ forcedColors: null });
  });

  test('keys that do nothing are not offered', async () => {
    await open(catalogues);
    expect(await page.getByText('masks on/off').isVisible()).toBe(true);
    expect(await page.locator('#slice-keys').isVisible()).toBe(false);
  });

  test('the image is reached from the top of the page, and stays', async () => {
    await open(catalogues);
    await page.locator('.skip').focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => focused()).toBe('viewer');
    expect(page.url()).toContain(catalogues);
    expect(await page.locator('canvas[data-slice]').count()).toBe(1);
  });

  test('the focus stays on a result that was chosen with the keyboard, also when another one arrives', async () => {
    await open(catalogues);
    await page.locator(`#variants a[href="#/${big}"]`).focus();
    await page.keyboard.press('Enter');
    await page.locator(`#variants a[aria-current="true"][href="#/${big}"]`).waitFor();
    expect(await focused()).toBe(`#/${big}`);
    await shown.queue.events.append(event(30, { kind: 'queued', lane: 'interactive', prompt: 'lung' }, 100));
    await page.locator(`#variants a[href="#/${keyOf(30)}"]`).waitFor();
    expect(await focused()).toBe(`#/${big}`);
  });

  test('on a narrow screen the focus goes with what is shown', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await open(catalogues);
    await page.locator('.back').press('Enter');
    await expect.poll(() => focused()).toMatch(`#/${catalogues}`);
    await page.keyboard.press('Enter');
    await expect.poll(() => focused()).toBe('viewer');
    await page.setViewportSize({ width: 1400, height: 900 });
  });

  test('only the result that is described counts as the current one', async () => {
    await open(catalogues, big);
    expect(await page.locator('#variants [aria-current]').count()).toBe(1);
    await page.locator(`#variants a[href="#/${big}"]`, { hasText: 'beside' }).waitFor();
  });

  test('an address with a result beside it that is gone: nothing is said to be beside, and one click shows another', async () => {
    await page.goto('about:blank');
    await page.goto(`${shown.url}/#/${catalogues}/beside/${'f'.repeat(64)}`);
    await page.locator('#together[aria-pressed="false"]').click();
    await page.locator('.pane').nth(1).waitFor();
    expect(await page.locator('#together').getAttribute('aria-pressed')).toBe('true');
  });

  test('drift: the index is in sight whatever the names of devices, and the keyboard reaches what is not', async () => {
    const provenance = { modality: 'CR', device: 'Maker of Devices '.repeat(4), site: 'Hospital '.repeat(7) };
    const result = { ...summary, provenance: { ...provenance, bundle: 'starter-vlsm', version: '1' } };
    await shown.queue.events.append(event(40, { kind: 'stored', sopInstanceUIDs: [], result }, 100));
    await page.goto(`${shown.url}/drift.html`);
    await page.getByText('after 99 more').waitFor();
    expect(await page.locator('#scroll').evaluate((box) => box.scrollWidth - box.clientWidth)).toBe(0);
    await page.getByRole('link', { name: 'Maskwright' }).focus();
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('scroll');
    await page.emulateMedia({ media: 'print' });
    await page.setViewportSize({ width: 700, height: 900 });
    expect(await page.locator('html').evaluate((all) => all.scrollWidth)).toBe(700);
    await page.emulateMedia({ media: null });
    await page.setViewportSize({ width: 1400, height: 900 });
  });

  test('a try whose masks were not kept is marked as such', async () => {
    await open(catalogues);
    await page.locator(`#variants a[href="#/${keyOf(3)}"]`, { hasText: 'Needs a person' }).waitFor();
    expect(await page.locator(`#variants a[href="#/${big}"]`).textContent()).toBe('“big heart”');
  });

  const styleOf = (of: string, name: string) =>
    page.evaluate(`getComputedStyle(document.querySelector('${of}')).${name}`);
  const focused = () =>
    page.evaluate(
      'document.activeElement.id || document.activeElement.getAttribute("href") || document.activeElement.tagName',
    );
});

/** Whether a person who points at the middle of it points at it and not at what lies over it. */
function isOnTop(place: ReturnType<Page['locator']>): Promise<boolean> {
  return place.evaluate((element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    const hit = element.ownerDocument.elementFromPoint(x + width / 2, y + height / 2);
    return hit === element || element.contains(hit);
  });
}
