import { datasetOf, type KeywordValues, writePart10 } from '@maskwright/dicom';
import type { JobState } from '@maskwright/queue';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  archiveOf,
  catalogueOfRepository,
  event,
  image,
  type MemoryQueue,
  radiographFile,
  segFile,
  series,
  study,
  summary,
} from '../../services/console/sample.ts';
import { type ConsolePage, consolePage } from '../support/console-page.ts';
import { describeWith, needs } from '../support/needs.ts';

const AXIAL = ['1', '0', '0', '0', '1', '0'];
const CORONAL = ['1', '0', '0', '0', '0', '-1'];
/** Frames of two planes, as a localizer has them. */
const planes: KeywordValues = {
  SOPClassUID: '1.2.840.10008.5.1.4.1.1.4.1',
  SOPInstanceUID: '1.2.3.4.9',
  StudyInstanceUID: study,
  SeriesInstanceUID: series,
  Modality: 'MR',
  NumberOfFrames: 2,
  Rows: 10,
  Columns: 10,
  SamplesPerPixel: 1,
  PhotometricInterpretation: 'MONOCHROME2',
  BitsAllocated: 8,
  BitsStored: 8,
  HighBit: 7,
  PixelRepresentation: 0,
  PerFrameFunctionalGroupsSequence: [AXIAL, CORONAL].map((ImageOrientationPatient) => ({
    PlaneOrientationSequence: [{ ImageOrientationPatient }],
    PlanePositionSequence: [{ ImagePositionPatient: ['0', '0', '0'] }],
    PixelMeasuresSequence: [{ PixelSpacing: ['1', '1'] }],
  })),
};

describeWith(needs.chromium, 'what the page says of a result', () => {
  const keyOf = (index: number) => event(index, { kind: 'running' }, 0).key;
  const [kept, newer, without, unlisted, gone, local, empty, unfit, laterUnfit] = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(
    keyOf,
  );
  let shown: ConsolePage;
  let page: Page;
  let queue: MemoryQueue;
  /** All results of the sample are of one series: its images are others for what is looked at later. */
  let isLocalizer = false;

  beforeAll(async () => {
    const catalogue = await catalogueOfRepository();
    const segs = [1, 2].map((index) => segFile(catalogue, keyOf(index)));
    const stored = segs.map(({ uid }, hour): JobState => {
      const result = { ...summary, madeAt: `2026-01-01T0${hour}:30:00.000Z` };
      return { kind: 'stored', sopInstanceUIDs: [uid], result };
    });
    const [first, second] = stored;
    if (first?.kind !== 'stored' || !second) throw new Error('two results are stored');
    const nothing = { ...summary, segments: summary.segments.map((one) => ({ ...one, pixels: 0 })) };
    const deleted = { at: '2026-01-01T00:00:09.000Z', sopInstanceUIDs: first.sopInstanceUIDs };
    const events = [
      event(1, first, 3),
      event(2, second, 4),
      event(1, { kind: 'superseded', by: keyOf(2) }, 5),
      event(3, { kind: 'superseded', by: keyOf(2) }, 5),
      event(4, { kind: 'superseded', by: keyOf(99) }, 5),
      event(5, { ...first, deleted }, 9),
      event(6, { kind: 'running' }, 9),
      event(7, { kind: 'stored', sopInstanceUIDs: [], result: nothing }, 9),
      event(8, { kind: 'needs-person', result: { ...summary, model: null } }, 9),
      event(9, { kind: 'needs-person', result: { ...summary, model: null } }, 9),
      event(9, { kind: 'superseded', by: keyOf(8) }, 10),
    ];
    const files = new Map<string, Uint8Array>([
      [image, radiographFile()],
      ['1.2.3.4.9', writePart10({ ...planes, PixelData: new Uint8Array(200).fill(90) })],
      ...segs.map(({ uid, bytes }) => [uid, bytes] as const),
    ]);
    const archive = archiveOf(files);
    shown = await consolePage(
      {
        ...archive,
        retrieveMetadata: async (...of) => (isLocalizer ? [datasetOf(planes)] : archive.retrieveMetadata(...of)),
      },
      events,
    );
    ({ page, queue } = shown);
  }, 60_000);
  afterAll(async () => {
    await shown?.close();
  });

  async function open(key: string | undefined) {
    await page.goto(`${shown.url}/#/${key}`);
    await page.locator(`#variants a[aria-current="true"][href="#/${key}"]`).waitFor();
    await page.locator('canvas[data-slice]').waitFor();
  }
  const words = (id: string) => page.locator(id).textContent();

  test('superseded: its masks are shown, and the result that took its place is a link', async () => {
    await open(kept);
    await page.locator('canvas[data-masks="1"]').waitFor();
    expect(await words('#outcome')).toMatch(
      /another result has taken its place[\s\S]*What it stored stays in the PACS/,
    );
    expect(await words('#outcome')).not.toMatch(/No mask was stored|at work/);
    expect(await words('#about')).toContain('4 pixels');
    await page.locator('#outcome a').click();
    await expect.poll(() => page.url()).toContain(newer);
    await expect.poll(() => words('#outcome')).toContain('stored beside the images');
  });

  test('superseded, beside the one that took its place: each is named by when it was made', async () => {
    await page.goto(`${shown.url}/#/${newer}/beside/${kept}`);
    const captions = () => page.locator('figcaption').allTextContents();
    await expect
      .poll(captions)
      .toEqual([
        expect.stringMatching(/:30 – described at the side$/),
        expect.stringMatching(/^Catalogue prompts, .*:30 – superseded$/),
      ]);
    const [first, second] = (await captions()).map((caption) => caption.replace(/ – .*/, ''));
    expect(first).not.toBe(second);
  });

  test('superseded without a result: nobody is at work on it any more', async () => {
    await open(without);
    expect(await words('#outcome')).toMatch(/another result has taken its place[\s\S]*No masks of this one are known/);
    await open(unlisted);
    expect(await words('#outcome')).toMatch(/another result takes its place[\s\S]*No masks of this one are known/);
    expect(await page.locator('#outcome a').count()).toBe(0);
  });

  test.each([
    ['deleted in the PACS', gone, 'has since been deleted in the PACS', 'mask deleted'],
    ['nothing found and nothing stored', empty, 'Nothing was found, and nothing was stored', 'nothing found'],
    ['needs a person', unfit, 'a person should look at this image', 'mask not kept'],
    ['needed a person and is superseded', laterUnfit, 'another result has taken its place', 'mask not kept'],
  ])('%s: masks are not said to be there', async (_, key, outcome, mask) => {
    await open(key);
    expect(await words('#outcome')).toContain(outcome);
    expect(await words('#about')).toContain(mask);
  });

  test('words whose result was deleted are made again, and done when that is there', async () => {
    await open(newer);
    await page.locator('#words').fill('heart');
    await page.locator('#reprompt button').click();
    await expect.poll(() => queue.enqueued.length).toBe(1);
    const key = queue.enqueued[0]?.key ?? keyOf(1);
    const asked = (state: JobState, at: string) => queue.events.append({ ...event(1, state, 0), key, at });
    const hours = (ahead: number) => new Date(Date.now() + ahead * 3_600_000).toISOString();
    const result: JobState = { kind: 'stored', sopInstanceUIDs: [], result: summary };
    await asked(result, hours(1));
    await expect.poll(() => words('#answer')).toContain('Done');
    await asked({ ...result, deleted: { at: hours(2), sopInstanceUIDs: [] } }, hours(2));
    await page.locator('#outcome', { hasText: 'Stored' }).waitFor();
    await page.locator('#reprompt button').click();
    await expect.poll(() => queue.enqueued.length).toBe(2);
    await expect.poll(() => words('#answer')).toBe('Segmenting…');
    await asked(result, hours(3));
    await expect.poll(() => words('#answer')).toContain('Done');
  });

  test('frames of several planes: each has its own sides of the patient', async () => {
    isLocalizer = true;
    await page.goto(`${shown.url}/#/${local}`);
    const sides = async () => (await page.locator('.edge').allTextContents()).join('');
    await page.locator('#slice').waitFor();
    await page.locator('#slice').fill('0');
    await page.locator('canvas[data-slice="0"]').waitFor();
    await expect.poll(sides).toBe('RLAP');
    await page.locator('#slice').fill('1');
    await page.locator('canvas[data-slice="1"]').waitFor();
    await expect.poll(sides).toBe('RLHF');
    expect(await page.locator('#slice').getAttribute('aria-valuetext')).toBe('2 of 2');
    // Beside it a result whose series had other images then.
    await page.goto(`${shown.url}/#/${local}/beside/${kept}`);
    await page.locator('.pane', { hasText: 'This result has no such slice' }).waitFor();
    if (process.env.CONSOLE_SCREENSHOT) await page.screenshot({ path: process.env.CONSOLE_SCREENSHOT });
  });

  test('a slice that cannot be loaded: the one before is not shown in its place, and it can be asked for again', async () => {
    isLocalizer = true;
    await page.goto('about:blank');
    await page.goto(`${shown.url}/#/${local}`);
    await page.locator('#slice').fill('1');
    await page.locator('canvas[data-slice="1"]').waitFor();
    await page.route('**/image/**', (route) => route.abort());
    await page.evaluate('location.reload()');
    await page.getByText('The picture cannot be loaded.').waitFor();
    await page.unroute('**/image/**');
    await page.getByRole('button', { name: 'Try again' }).click();
    const slice = page.locator('#slice');
    await page.locator('canvas[data-slice]').waitFor();
    const [from, to, key] = (await slice.inputValue()) === '0' ? ['0', '1', 'ArrowDown'] : ['1', '0', 'ArrowUp'];
    await page.route('**/image/**', (route) => route.abort());
    await slice.focus();
    // Down is the next slice, on the slider too.
    await page.keyboard.press(key);
    await page.getByText('The picture cannot be loaded.').waitFor();
    expect(await slice.inputValue()).toBe(to);
    expect(await page.locator(`canvas[data-slice="${from}"]`).count()).toBe(0);
    expect(await page.locator('canvas').evaluate((canvas: { width?: number }) => canvas.width)).toBe(0);
    expect(await page.locator('.edge').count()).toBe(0);
    expect(await page.locator('canvas').getAttribute('aria-label')).toContain('not shown');
    await page.unroute('**/image/**');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator(`canvas[data-slice="${to}"]`).waitFor();
  });
});
