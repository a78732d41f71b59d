import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chromiumPath, describeWith, needs, repositoryRoot } from '../support/needs.ts';

const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** Models are loaded and four series segmented, 75 s of one core, on a machine that is slow or does other things too. */
const SLOW_MS = 480_000;
const LEFT_LUNG = [66, 135, 245] as const;
const RIGHT_LUNG = [64, 191, 128] as const;

describeWith(needs.chromium, 'the page in a real browser', () => {
  let folder: string;
  let demo: ChildProcess;
  let url: string;
  let browser: Browser;
  let page: Page;
  const faults: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'maskwright-console-'));
    const options = ['--home', path.join(folder, 'home'), '--out', path.join(folder, 'out'), '--port', '0'];
    demo = spawn(process.execPath, ['cli/bin/maskwright.mjs', 'demo', ...options], { cwd: repositoryRoot });
    url = await urlOnStderr(demo);
    browser = await chromium.launch({ executablePath: chromiumPath, args: CHROMIUM_ARGS });
    page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    page.setDefaultTimeout(60_000);
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
    await page.goto(url);
  }, SLOW_MS);
  afterAll(async () => {
    await browser?.close();
    const ended = new Promise((resolve) => demo.once('close', resolve));
    if (demo?.exitCode === null && demo.kill('SIGTERM')) await ended;
    await rm(folder, { recursive: true, force: true });
  }, SLOW_MS);

  test(
    'the results of the phantoms appear in the worklist by themselves',
    async () => {
      const lines = page.locator('#lines a');
      await lines.nth(3).waitFor();
      const ended = lines.locator('.state[data-state="stored"], .state[data-state="needs-person"]');
      await expect.poll(() => ended.count(), { timeout: SLOW_MS - 10_000 }).toBe(4);
      for (const part of ['Lungs and heart, chest X-ray', 'CHEST', '2026-01-02'])
        await lines.filter({ hasText: part }).first().waitFor();
    },
    SLOW_MS,
  );

  test(
    'a chest X-ray is drawn with its masks in their colours, and a mask can be hidden',
    async () => {
      await chestXray().click();
      const canvas = page.locator('canvas[data-masks="3"]');
      await canvas.waitFor();
      expect(await greys(canvas)).toBeGreaterThan(50);
      expect(await pixelsOf(canvas, LEFT_LUNG)).toBeGreaterThan(100);
      expect(await pixelsOf(canvas, RIGHT_LUNG)).toBeGreaterThan(100);
      await page.getByRole('checkbox', { name: 'Left lung' }).uncheck();
      const two = page.locator('canvas[data-masks="2"]');
      await two.waitFor();
      expect(await pixelsOf(two, LEFT_LUNG)).toBe(0);
      await page.getByRole('checkbox', { name: 'Left lung' }).check();
    },
    SLOW_MS,
  );

  test(
    'other words give another mask, shown beside the first',
    async () => {
      await page.getByLabel('Other words, another mask').fill('right lung');
      await page.keyboard.press('Enter');
      const panes = page.locator('.pane');
      await panes.nth(1).waitFor();
      const asked = panes.filter({ has: page.getByText('“right lung”') }).locator('canvas[data-masks="1"]');
      await asked.waitFor();
      expect(await pixelsOf(asked, RIGHT_LUNG)).toBeGreaterThan(100);
      expect(await pixelsOf(asked, LEFT_LUNG)).toBe(0);
      const before = panes.filter({ has: page.getByText('Catalogue prompts') }).locator('canvas[data-masks="3"]');
      await before.waitFor();
      expect(await pixelsOf(before, LEFT_LUNG)).toBeGreaterThan(100);
      await page.locator('#about q', { hasText: 'right lung' }).waitFor();
    },
    SLOW_MS,
  );

  test(
    'a volume is looked through with the keyboard',
    async () => {
      await page.locator('#lines a', { hasText: 'CT' }).first().click();
      await page.locator('#slice').waitFor();
      await page.locator('#panes[data-count="1"] canvas[data-slice]').waitFor();
      const first = await sliceOf(page);
      await page.locator('#viewer').focus();
      await page.keyboard.press('ArrowDown');
      await expect.poll(() => sliceOf(page)).toBe(first + 1);
    },
    SLOW_MS,
  );

  test('nothing was blocked or thrown on the way', () => {
    expect(faults).toEqual([]);
  });

  function chestXray(): Locator {
    return page.locator('#lines a', { hasText: 'chest X-ray' }).first();
  }
});

function urlOnStderr(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const url = /the page: (\S+)/.exec(said)?.[1];
      if (url) resolve(url);
    });
    child.once('close', (code) => reject(new Error(`the demo ended with ${code}: ${said}`)));
  });
}

async function sliceOf(page: Page): Promise<number> {
  return Number(await page.locator('canvas[data-slice]').getAttribute('data-slice'));
}

/** The part of HTMLCanvasElement that is needed: the browser's types are not those of this program. */
interface Canvas {
  readonly width: number;
  readonly height: number;
  getContext(kind: '2d'): {
    getImageData(x: number, y: number, width: number, height: number): { readonly data: Uint8ClampedArray };
  } | null;
}

/** How many pixels of a canvas have a colour; the way through CIELab in the SEG may change each channel a little. */
function pixelsOf(canvas: Locator, color: readonly [number, number, number]): Promise<number> {
  return canvas.evaluate((element, wanted) => {
    const canvas: Canvas = element;
    const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
    let found = 0;
    for (let at = 0; at < data.length; at += 4) {
      if (wanted.every((value, channel) => Math.abs(value - (data[at + channel] ?? 0)) <= 2)) found += 1;
    }
    return found;
  }, color);
}

/** How many different shades of grey a canvas has. */
function greys(canvas: Locator): Promise<number> {
  return canvas.evaluate((element) => {
    const canvas: Canvas = element;
    const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
    const seen = new Set<number>();
    for (let at = 0; at < data.length; at += 4) {
      if (data[at] === data[at + 1] && data[at] === data[at + 2]) seen.add(data[at] ?? 0);
    }
    return seen.size;
  });
}
