import { type DataSet, type Instance, items, number, numbers, required, text } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import { decodeLab, rgbFromLab } from './cielab.ts';
import { unpackFrame } from './pack-bits.ts';

export interface DecodedSeg {
  readonly rows: number;
  readonly columns: number;
  readonly segments: readonly DecodedSegment[];
}
export interface DecodedSegment {
  readonly number: number;
  readonly label: string;
  /** sRGB, 0–255. */
  readonly color: readonly [number, number, number];
  /** Only the frames that are there; the others of the source are empty. */
  readonly frames: readonly DecodedFrame[];
}
export interface DecodedFrame {
  readonly sourceSOPInstanceUID: string;
  /** Of the source, 1-based; 1 where it has one frame. */
  readonly frameNumber: number;
  /** rows × columns of 0 or 1. */
  readonly data: Uint8Array;
}

const GREY: readonly [number, number, number] = [128, 128, 128];

/**
 * Masks of a binary SEG, ours or another's, each frame with the image that it lies on.
 * @throws MaskwrightError DICOM_MISSING, PIXELS_UNSUPPORTED (not BINARY, or compressed), DICOM_MALFORMED (pixel data too short)
 */
export function decodeSeg({ dataset, pixelData }: Instance): DecodedSeg {
  const rows = required(number(dataset, 'Rows'), 'Rows');
  const columns = required(number(dataset, 'Columns'), 'Columns');
  if (number(dataset, 'BitsAllocated') !== 1 || (pixelData && pixelData.length > 1)) {
    throw new MaskwrightError('PIXELS_UNSUPPORTED', 'only binary segmentations in native encoding can be read');
  }
  const frames = frameGroups(dataset).map((group, index) => ({
    segment: required(segmentNumber(group), 'ReferencedSegmentNumber'),
    ...sourceOf(group),
    index,
  }));
  const packed = pixelData?.[0] ?? new Uint8Array();
  if (packed.length * 8 < frames.length * rows * columns)
    throw new MaskwrightError('DICOM_MALFORMED', `PixelData is too short for ${frames.length} frames`);
  return {
    rows,
    columns,
    segments: items(dataset, 'SegmentSequence').map((item) => {
      const own = required(number(item, 'SegmentNumber'), 'SegmentNumber');
      return {
        number: own,
        label: text(item, 'SegmentLabel') ?? `Segment ${own}`,
        color: colorOf(item),
        frames: frames
          .filter(({ segment }) => segment === own)
          .map(({ sourceSOPInstanceUID, frameNumber, index }) => ({
            sourceSOPInstanceUID,
            frameNumber,
            data: unpackFrame(packed, rows * columns, index),
          })),
      };
    }),
  };
}

/** Functional groups of each frame, its own before the shared ones. */
function frameGroups(dataset: DataSet): DataSet[] {
  const [shared = {}] = items(dataset, 'SharedFunctionalGroupsSequence');
  const frames = number(dataset, 'NumberOfFrames') ?? 1;
  return items(dataset, 'PerFrameFunctionalGroupsSequence')
    .slice(0, frames)
    .map((own) => ({ ...shared, ...own }));
}
function segmentNumber(group: DataSet): number | undefined {
  const [identification = {}] = items(group, 'SegmentIdentificationSequence');
  return number(identification, 'ReferencedSegmentNumber');
}
function sourceOf(group: DataSet): Omit<DecodedFrame, 'data'> {
  const [derivation = {}] = items(group, 'DerivationImageSequence');
  const [image = {}] = items(derivation, 'SourceImageSequence');
  return {
    sourceSOPInstanceUID: required(text(image, 'ReferencedSOPInstanceUID'), 'ReferencedSOPInstanceUID'),
    frameNumber: number(image, 'ReferencedFrameNumber') ?? 1,
  };
}
function colorOf(item: DataSet): readonly [number, number, number] {
  const [l, a, b] = numbers(item, 'RecommendedDisplayCIELabValue');
  return l === undefined || a === undefined || b === undefined ? GREY : rgbFromLab(decodeLab([l, a, b]));
}
