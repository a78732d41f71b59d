import { createHash } from 'node:crypto';
import type { Page } from 'playwright-core';

/** One labelled slice as it lies in the viewer's memory. */
export interface ShownSlice {
  readonly sopInstanceUID: string;
  /** 1-based. */
  readonly frame: number;
  /** Pixels with any label. */
  readonly labelled: number;
  /** Of the labels, see {@link labelDigest}. */
  readonly digest: string;
}
/** Slices in the order of the viewer's stack; labels of overlapping segments follow in more slices of the same images. */
export type ShownLabelmap = readonly ShownSlice[];

/** Of a byte a pixel, row by row. */
export function labelDigest(labels: Uint8Array): string {
  return createHash('sha256').update(labels).digest('hex').slice(0, 16);
}

interface DisplaySet {
  readonly id: string;
  readonly study: string;
  readonly modality: string;
}

/** Waits until this many studies are listed with their SEG. */
export async function listsSegs(page: Page, studies: number): Promise<void> {
  await page.waitForFunction(
    `new Set(window.services.displaySetService.getActiveDisplaySets()
      .filter(({ Modality }) => Modality === 'SEG').map(({ StudyInstanceUID }) => StudyInstanceUID)).size === ${studies}`,
  );
}

/** What the viewer lists. */
export async function displaySets(page: Page): Promise<DisplaySet[]> {
  return await page.evaluate(
    `window.services.displaySetService.getActiveDisplaySets().map(
      ({ displaySetInstanceUID, StudyInstanceUID, Modality }) =>
        ({ id: displaySetInstanceUID, study: StudyInstanceUID, modality: Modality }))`,
  );
}

/** Waits until a segmentation is loaded and the question for it has gone. */
export async function showsSegmentation(page: Page, id: string): Promise<void> {
  await page.waitForFunction(`window.services.segmentationService.getSegmentation('${id}')`);
  await page.locator('[data-cy="yes-hydrate-btn"]').waitFor({ state: 'hidden' });
}

/** What the page holds of a segmentation, as soon as all of it has its colours, which come later and go away for a moment. */
export async function labelmapOf(
  page: Page,
  id: string,
): Promise<{ segments: string[]; colors: string[]; slices: ShownLabelmap }> {
  const handle = await page.waitForFunction(`(${READ})('${id}')`);
  const held = (await handle.jsonValue()) as Held;
  return {
    segments: held.segments,
    colors: held.colors,
    slices: held.slices.map(({ image, labels }) => {
      const [, sopInstanceUID = '', frame] = /instances\/([\d.]+)\/frames\/(\d+)/.exec(image) ?? [];
      const bytes = Buffer.from(labels, 'base64');
      const labelled = bytes.filter((label) => label !== 0).length;
      return { sopInstanceUID, frame: Number(frame), labelled, digest: labelDigest(bytes) };
    }),
  };
}

interface Held {
  readonly segments: string[];
  readonly colors: string[];
  /** Labels in base64. */
  readonly slices: readonly { readonly image: string; readonly labels: string }[];
}

/** Runs in the page, whose types are not those of this program. */
const READ = `(id) => {
  const { segmentationService, viewportGridService } = window.services;
  const { segments, representationData } = segmentationService.getSegmentation(id);
  const viewport = viewportGridService.getActiveViewportId();
  const colors = Object.values(segments ?? {}).filter(({ segmentIndex }) => segmentIndex > 0)
    .map(({ segmentIndex }) => segmentationService.getSegmentColor(viewport, id, segmentIndex));
  if (!colors.every(Boolean)) return null;
  const base64 = (data) => {
    let text = '';
    for (let at = 0; at < data.length; at += 8192) text += String.fromCharCode(...data.subarray(at, at + 8192));
    return btoa(text);
  };
  const slice = (imageId) => {
    const image = window.cornerstone.cache.getImage(imageId);
    const labels = Uint8Array.from(image?.voxelManager?.getScalarData?.() ?? []);
    return { image: image?.referencedImageId ?? '', labels: base64(labels) };
  };
  return {
    segments: Object.values(segments ?? {}).map(({ label }) => label),
    colors: colors.map((color) => color.slice(0, 3).join(' ')),
    slices: (representationData?.Labelmap?.imageIds ?? []).map(slice),
  };
}`;
