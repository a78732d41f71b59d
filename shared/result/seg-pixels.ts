import type { KeywordValues } from '@maskwright/dicom';
import type { SegFrame } from './functional-groups.ts';
import { anyOverlap, isEmpty } from './mask-words.ts';
import { packBits } from './pack-bits.ts';
import type { SegForm, SegInput, SegmentInput } from './seg-input.ts';

export const SEGMENTATION_STORAGE = '1.2.840.10008.5.1.4.1.1.66.4';
/** Supplement 243. */
export const LABEL_MAP_STORAGE = '1.2.840.10008.5.1.4.1.1.66.7';

/** Masks as the pixels of a SEG: its frames and what describes them. */
export interface SegPixels {
  readonly form: SegForm;
  readonly sopClassUID: string;
  /** Only those that show something, segment by segment, each in the order of the source. */
  readonly frames: readonly SegFrame[];
  readonly values: KeywordValues;
}

/** @throws TypeError when a fractional object is asked for and a segment has no probabilities of the mask's size */
export function segPixels(input: SegInput): SegPixels {
  const shown = shownFrames(input);
  const overlapping = overlap(input.segments, shown);
  const form = input.style?.form ?? 'binary';
  if (form === 'fractional') return fractional(input);
  return form === 'labelmap' && !overlapping ? labelMap(input, shown) : binary(input, shown, overlapping);
}

type ShownFrame = SegFrame & { readonly segmentNumber: number };

function shownFrames({ segments }: SegInput, of = (segment: SegmentInput) => segment.mask.data): ShownFrame[] {
  return segments.flatMap((segment, index) =>
    Array.from({ length: segment.mask.frames }, (_, sourceIndex) => ({
      segmentNumber: index + 1,
      sourceIndex,
    })).filter(({ sourceIndex }) => !isEmpty(framePixels(segment, sourceIndex, of(segment)))),
  );
}

function framePixels({ mask: { rows, columns, data } }: SegmentInput, index: number, pixels = data): Uint8Array {
  return pixels.subarray(index * rows * columns, (index + 1) * rows * columns);
}

/** Whether any pixel is in two segments. */
function overlap(segments: readonly SegmentInput[], shown: readonly ShownFrame[]): boolean {
  return [...Map.groupBy(shown, ({ sourceIndex }) => sourceIndex).values()].some((together) =>
    anyOverlap(together.map((frame) => pixelsOf(segments, frame))),
  );
}
function pixelsOf(segments: readonly SegmentInput[], { segmentNumber, sourceIndex }: ShownFrame): Uint8Array {
  const segment = segments[segmentNumber - 1];
  return segment ? framePixels(segment, sourceIndex) : new Uint8Array();
}

/**
 * Where every mask is empty, one empty frame stays: an object without frames breaks the standard (NumberOfFrames and
 * PerFrameFunctionalGroupsSequence), dciodvfy and highdicom.
 */
const NOTHING: readonly ShownFrame[] = [{ segmentNumber: 1, sourceIndex: 0 }];

function binary({ segments }: SegInput, shown: readonly ShownFrame[], overlapping: boolean): SegPixels {
  const frames = shown.length > 0 ? shown : NOTHING;
  return {
    form: 'binary',
    sopClassUID: SEGMENTATION_STORAGE,
    frames,
    values: {
      SegmentationType: 'BINARY',
      SegmentsOverlap: overlapping ? 'YES' : 'NO',
      ...matrix(1),
      PixelData: packBits(frames.map((frame) => pixelsOf(segments, frame))),
    },
  };
}

/** Each pixel holds the number of its segment, 0 where there is none (PS3.3 C.8.20.2.3.3). */
function labelMap({ source, segments }: SegInput, shown: readonly ShownFrame[]): SegPixels {
  const frames = Map.groupBy(shown.length > 0 ? shown : NOTHING, ({ sourceIndex }) => sourceIndex);
  const order = [...frames.keys()].sort((a, b) => a - b);
  const pixels = source.rows * source.columns;
  const labels = segments.length < 256 ? new Uint8Array(order.length * pixels) : new Uint16Array(order.length * pixels);
  for (const [at, sourceIndex] of order.entries()) {
    for (const frame of frames.get(sourceIndex) ?? []) {
      const set = pixelsOf(segments, frame);
      for (let pixel = 0; pixel < set.length; pixel += 1)
        if (set[pixel]) labels[at * pixels + pixel] = frame.segmentNumber;
    }
  }
  return {
    form: 'labelmap',
    sopClassUID: LABEL_MAP_STORAGE,
    frames: order.map((sourceIndex) => ({ sourceIndex })),
    values: {
      SegmentationType: 'LABELMAP',
      SegmentsOverlap: 'NO',
      PixelPaddingValue: 0,
      ...matrix(labels.BYTES_PER_ELEMENT * 8),
      PixelData: labels,
    },
  };
}

const CERTAIN = 255;

/** Probabilities in steps of 1/255 (PS3.3 C.8.20.2.3.1). Whether they overlap is a matter of the threshold: UNDEFINED. */
function fractional(input: SegInput): SegPixels {
  const { segments } = input;
  const shown = shownFrames(input, probabilities);
  const frames = shown.length > 0 ? shown : NOTHING;
  const size = segments[0] ? segments[0].mask.rows * segments[0].mask.columns : 0;
  const values = new Uint8Array(frames.length * size);
  for (const [at, { segmentNumber, sourceIndex }] of frames.entries()) {
    const segment = segments[segmentNumber - 1];
    if (segment) values.set(framePixels(segment, sourceIndex, probabilities(segment)), at * size);
  }
  return {
    form: 'fractional',
    sopClassUID: SEGMENTATION_STORAGE,
    frames,
    values: {
      SegmentationType: 'FRACTIONAL',
      SegmentationFractionalType: 'PROBABILITY',
      MaximumFractionalValue: CERTAIN,
      SegmentsOverlap: 'UNDEFINED',
      ...matrix(8),
      PixelData: values,
    },
  };
}
function probabilities({ target, mask, probabilities: given }: SegmentInput): Uint8Array {
  if (given?.length !== mask.data.length) throw new TypeError(`${target.name} has no probabilities for its mask`);
  return given;
}

function matrix(bits: number): KeywordValues {
  return {
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    BitsAllocated: bits,
    BitsStored: bits,
    HighBit: bits - 1,
    PixelRepresentation: 0,
  };
}
