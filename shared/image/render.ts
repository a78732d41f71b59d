import type { DataSet } from '@maskwright/dicom';
import { grayscaleOf } from './grayscale.ts';
import { describePixels } from './pixel-description.ts';
import { renderColour, renderPalette } from './render-colour.ts';
import type { Frame, RgbImage } from './source.ts';

export interface Window {
  readonly center: number;
  readonly width: number;
}
export interface RenderOptions {
  /** In units after the modality LUT (HU for CT); instead of what the data set says. */
  readonly window?: Window;
}

/**
 * What model and screen see of a frame (PS3.4 annex N, grayscale and colour pipelines).
 * @throws MaskwrightError PIXELS_CORRUPT where a table or the rescale cannot be used
 */
export function renderRgb(frame: Frame, dataset: DataSet, options: RenderOptions = {}): RgbImage {
  const description = describePixels(dataset);
  if (frame.samples === 3) {
    return renderColour(frame, { ...description, photometric: frame.photometric ?? description.photometric });
  }
  if (description.photometric === 'PALETTE COLOR') return renderPalette(frame, dataset, description);
  const gray = grayscaleOf(frame, dataset, description, options.window);
  const data = new Uint8Array(gray.length * 3);
  for (let at = 0, to = 0; at < gray.length; at += 1, to += 3) {
    const level = gray[at] ?? 0;
    data[to] = level;
    data[to + 1] = level;
    data[to + 2] = level;
  }
  return { width: frame.columns, height: frame.rows, data };
}
