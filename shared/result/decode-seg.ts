import { type DataSet, type Instance, items, number, numbers, required, text } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import { decodeLab, rgbFromLab } from './cielab.ts';
import { type SegFramePixels, segFrames } from './seg-frames.ts';

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
  /** Empty where the frame names no image but says where it lies. */
  readonly sourceSOPInstanceUID: string;
  /** Of the source, 1-based; 1 where it has one frame. */
  readonly frameNumber: number;
  /** Functional groups, the frame's own before the shared ones. */
  readonly groups: DataSet;
  /** rows × columns of 0 or 1. */
  readonly data: Uint8Array;
}

const GREY: readonly [number, number, number] = [128, 128, 128];

/**
 * Masks of a SEG, ours or another's, each frame with the image that it lies on. Of a label map each value is a segment, its
 * background is none; a probability counts from the half.
 * @throws MaskwrightError DICOM_MISSING, PIXELS_UNSUPPORTED (compressed, or of other widths), DICOM_MALFORMED (pixel data
 * too short)
 */
export function decodeSeg(instance: Instance): DecodedSeg {
  const { dataset } = instance;
  const described = items(dataset, 'SegmentSequence').map((item) => ({
    number: required(number(item, 'SegmentNumber'), 'SegmentNumber'),
    item,
  }));
  const numbers = described.map((one) => one.number);
  const frames = [...segFrames(instance)].flatMap((frame) => masksOf(frame, numbers));
  return {
    rows: required(number(dataset, 'Rows'), 'Rows'),
    columns: required(number(dataset, 'Columns'), 'Columns'),
    segments: described
      .filter((one) => one.number !== 0)
      .map(({ number: own, item }) => ({
        number: own,
        label: text(item, 'SegmentLabel') ?? `Segment ${own}`,
        color: colorOf(item),
        frames: frames.filter(({ segment }) => segment === own).map(({ segment: _, ...frame }) => frame),
      })),
  };
}

/** The frame of one segment, or one mask for each of its labels. */
function masksOf(
  { group, segment, pixels, threshold }: SegFramePixels,
  numbers: readonly number[],
): (DecodedFrame & { readonly segment: number })[] {
  const source = sourceOf(group);
  if (segment !== undefined) {
    const data = threshold === 1 ? Uint8Array.from(pixels) : Uint8Array.from(pixels, (v) => (v >= threshold ? 1 : 0));
    return [{ ...source, segment, data }];
  }
  const used = new Set(pixels);
  return numbers
    .filter((own) => own !== 0 && used.has(own))
    .map((own) => ({ ...source, segment: own, data: Uint8Array.from(pixels, (label) => (label === own ? 1 : 0)) }));
}

function sourceOf(group: DataSet): Omit<DecodedFrame, 'data'> {
  const [derivation = {}] = items(group, 'DerivationImageSequence');
  const [image = {}] = items(derivation, 'SourceImageSequence');
  const uid = text(image, 'ReferencedSOPInstanceUID');
  if (uid === undefined && items(group, 'PlanePositionSequence').length === 0)
    throw new MaskwrightError('DICOM_MISSING', 'ReferencedSOPInstanceUID of a frame');
  return {
    sourceSOPInstanceUID: uid ?? '',
    frameNumber: number(image, 'ReferencedFrameNumber') ?? 1,
    groups: group,
  };
}
function colorOf(item: DataSet): readonly [number, number, number] {
  const [l, a, b] = numbers(item, 'RecommendedDisplayCIELabValue');
  return l === undefined || a === undefined || b === undefined ? GREY : rgbFromLab(decodeLab([l, a, b]));
}
