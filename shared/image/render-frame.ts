import { decodeFrame } from './decode.ts';
import { withGroupOf } from './modality-values.ts';
import { type RenderOptions, renderRgb } from './render.ts';
import type { RgbImage, SourceFrame } from './source.ts';

/**
 * What model and screen see of one frame of an instance: of an enhanced object by the frame's own window and rescale.
 * @throws MaskwrightError PIXELS_*
 */
export async function renderFrame(
  source: Pick<SourceFrame, 'instance' | 'frameNumber'>,
  options: RenderOptions = {},
): Promise<RgbImage> {
  return renderRgb(await decodeFrame(source), withGroupOf(source.instance.dataset, source.frameNumber), options);
}
