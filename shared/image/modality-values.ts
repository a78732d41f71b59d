import { type DataSet, items, tagOf } from '@maskwright/dicom';
import { modalityOf } from './grayscale.ts';
import { describePixels, isPadding } from './pixel-description.ts';
import type { Frame, SourceFrame } from './source.ts';

/**
 * Grey value of each pixel of a decoded frame after its own modality LUT (HU for CT), NaN where it is padding; pixels are
 * counted row by row from 0. Undefined for colour and palette images.
 * @throws MaskwrightError PIXELS_CORRUPT where a table or the rescale cannot be used
 */
export function modalityValuesOf(
  { data }: Frame,
  { instance, frameNumber }: Pick<SourceFrame, 'instance' | 'frameNumber'>,
): ((pixel: number) => number) | undefined {
  const { dataset } = instance;
  const description = describePixels(dataset);
  if (description.samples === 3 || description.photometric === 'PALETTE COLOR') return undefined;
  const modality = modalityOf(withGroupOf(dataset, frameNumber), description);
  return (pixel) => {
    const stored = data[pixel] ?? Number.NaN;
    return isPadding(description, stored) ? Number.NaN : modality(stored);
  };
}

/** An enhanced object whose frames are rescaled or windowed differently (PET): as if this frame's group were the first. */
export function withGroupOf(dataset: DataSet, frameNumber: number): DataSet {
  const own = items(dataset, 'PerFrameFunctionalGroupsSequence')[frameNumber - 1];
  return own ? { ...dataset, [tagOf('PerFrameFunctionalGroupsSequence')]: { vr: 'SQ', Value: [own] } } : dataset;
}
