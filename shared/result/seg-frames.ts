import { type DataSet, type Instance, items, number, required, text } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import { unpackFrame } from './pack-bits.ts';

/** One frame of a SEG as it is stored. */
export interface SegFramePixels {
  /** Functional groups, the frame's own before the shared ones. */
  readonly group: DataSet;
  /** Undefined in a label map, whose pixels are segment numbers. */
  readonly segment: number | undefined;
  /** rows × columns: 0 and 1, probabilities, or labels. */
  readonly pixels: Uint8Array | Uint16Array;
  /** Least pixel value that belongs to the segment. */
  readonly threshold: number;
}

/**
 * Frames of a SEG, one at a time: at any time one is unpacked.
 * @throws MaskwrightError as `decodeSeg`
 */
export function* segFrames({ dataset, pixelData }: Instance): Generator<SegFramePixels> {
  const size = required(number(dataset, 'Rows'), 'Rows') * required(number(dataset, 'Columns'), 'Columns');
  const read = readerOf(dataset, size, pixelData);
  const [shared = {}] = items(dataset, 'SharedFunctionalGroupsSequence');
  const labels = text(dataset, 'SegmentationType') === 'LABELMAP';
  const most = number(dataset, 'MaximumFractionalValue');
  const threshold = text(dataset, 'SegmentationType') === 'FRACTIONAL' && most ? most / 2 : 1;
  const frames = number(dataset, 'NumberOfFrames') ?? 1;
  const own = items(dataset, 'PerFrameFunctionalGroupsSequence').slice(0, frames);
  for (const [index, groups] of own.entries()) {
    const group = { ...shared, ...groups };
    const [identification = {}] = items(group, 'SegmentIdentificationSequence');
    const segment = number(identification, 'ReferencedSegmentNumber');
    yield {
      group,
      segment: labels ? undefined : required(segment, 'ReferencedSegmentNumber'),
      pixels: read(index),
      threshold,
    };
  }
}

function readerOf(
  dataset: DataSet,
  size: number,
  pixelData: Instance['pixelData'],
): (index: number) => Uint8Array | Uint16Array {
  const bits = number(dataset, 'BitsAllocated');
  if ((bits !== 1 && bits !== 8 && bits !== 16) || (pixelData && pixelData.length > 1)) {
    throw new MaskwrightError(
      'PIXELS_UNSUPPORTED',
      'only segmentations of 1, 8 or 16 bits in native encoding can be read',
    );
  }
  const frames = number(dataset, 'NumberOfFrames') ?? 1;
  const bytes = pixelData?.[0] ?? new Uint8Array();
  if (bytes.length * 8 < frames * size * bits)
    throw new MaskwrightError('DICOM_MALFORMED', `PixelData is too short for ${frames} frames`);
  if (bits === 1) return (index) => unpackFrame(bytes, size, index);
  const width = bits / 8;
  const part = (index: number) => bytes.subarray(index * size * width, (index + 1) * size * width);
  // Copied, because 16-bit values begin at even addresses.
  return width === 1 ? part : (index) => new Uint16Array(Uint8Array.from(part(index)).buffer);
}
