import { type DataSet, items, tagOf } from '@maskwright/dicom';
import { modalityValues, paddingOf } from './grayscale.ts';
import { describePixels } from './pixel-description.ts';
import type { Frame, SourceFrame } from './source.ts';

/**
 * Grey values of a decoded frame after its own modality LUT (HU for CT), NaN where the pixel is padding. Undefined for
 * colour and palette images.
 * @throws MaskwrightError PIXELS_CORRUPT where a table or the rescale cannot be used
 */
export function modalityValuesOf(
  frame: Frame,
  { instance, frameNumber }: Pick<SourceFrame, 'instance' | 'frameNumber'>,
): Float64Array | undefined {
  const { dataset } = instance;
  const description = describePixels(dataset);
  if (description.samples === 3 || description.photometric === 'PALETTE COLOR') return undefined;
  const values = modalityValues(frame, withGroupOf(dataset, frameNumber), description);
  const isPadding = paddingOf(dataset);
  if (isPadding) for (const [at, stored] of frame.data.entries()) if (isPadding(stored)) values[at] = Number.NaN;
  return values;
}

/** An enhanced object whose frames are rescaled differently (PET): as if this frame's group were the first. */
function withGroupOf(dataset: DataSet, frameNumber: number): DataSet {
  const own = items(dataset, 'PerFrameFunctionalGroupsSequence')[frameNumber - 1];
  return own ? { ...dataset, [tagOf('PerFrameFunctionalGroupsSequence')]: { vr: 'SQ', Value: [own] } } : dataset;
}
