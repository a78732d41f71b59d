import type { KeywordValues } from '@maskwright/dicom';
import type { SegFrame } from './functional-groups.ts';
import { anyCommonBit, isEmpty } from './mask-words.ts';
import { BitPacker, packBits } from './pack-bits.ts';
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
  const form = input.style?.form ?? 'binary';
  if (form === 'fractional') return fractional(input);
  const packed = packFrames(input);
  const overlapping = overlap(input, packed);
  return form === 'labelmap' && !overlapping ? labelMap(input, packed.shown) : binary(packed, overlapping);
}

type ShownFrame = SegFrame & { readonly segmentNumber: number };

/**
 * Where every mask is empty, one empty frame stays: an object without frames breaks the standard (NumberOfFrames and
 * PerFrameFunctionalGroupsSequence), dciodvfy and highdicom.
 */
const NOTHING: readonly ShownFrame[] = [{ segmentNumber: 1, sourceIndex: 0 }];

interface PackedFrames {
  readonly shown: readonly ShownFrame[];
  readonly bits: Uint8Array;
}
function packFrames({ source, segments }: SegInput): PackedFrames {
  const shown: ShownFrame[] = [];
  const packer = new BitPacker(segments.reduce((sum, { mask }) => sum + mask.data.length, 0));
  for (const [index, segment] of segments.entries()) {
    for (const sourceIndex of source.frames.keys()) {
      const some = packer.add(framePixels(segment, sourceIndex));
      if (some) shown.push({ segmentNumber: index + 1, sourceIndex });
    }
  }
  if (shown.length > 0) return { shown, bits: packer.packed() };
  packer.add(new Uint8Array(source.rows * source.columns), { evenIfEmpty: true });
  return { shown: NOTHING, bits: packer.packed() };
}

/** Whether any pixel is in two segments: by the packed frames, which are an eighth of the masks. */
function overlap({ source, segments }: SegInput, { shown, bits }: PackedFrames): boolean {
  const size = source.rows * source.columns;
  const packed = ({ segmentNumber, sourceIndex }: ShownFrame, at: number): Uint8Array => {
    const segment = segments[segmentNumber - 1];
    // Frames that do not fill their last byte begin within one: those are packed apart.
    if (size % 8 !== 0 && segment) return packBits([framePixels(segment, sourceIndex)]);
    return bits.subarray((at * size) / 8, ((at + 1) * size) / 8);
  };
  const places = shown.map((frame, at) => ({ frame, at }));
  return [...Map.groupBy(places, ({ frame }) => frame.sourceIndex).values()].some(
    (together) => together.length > 1 && anyCommonBit(together.map(({ frame, at }) => packed(frame, at))),
  );
}

function framePixels({ mask: { rows, columns, data } }: SegmentInput, index: number, pixels = data): Uint8Array {
  return pixels.subarray(index * rows * columns, (index + 1) * rows * columns);
}

function binary({ shown, bits }: PackedFrames, overlapping: boolean): SegPixels {
  return {
    form: 'binary',
    sopClassUID: SEGMENTATION_STORAGE,
    frames: shown,
    values: {
      SegmentationType: 'BINARY',
      SegmentsOverlap: overlapping ? 'YES' : 'NO',
      ...matrix(1),
      PixelData: bits,
    },
  };
}

/** Each pixel holds the number of its segment, 0 where there is none (PS3.3 C.8.20.2.3.3). */
function labelMap({ source, segments }: SegInput, shown: readonly ShownFrame[]): SegPixels {
  const frames = Map.groupBy(shown, ({ sourceIndex }) => sourceIndex);
  const order = [...frames.keys()].sort((a, b) => a - b);
  const pixels = source.rows * source.columns;
  const labels = segments.length < 256 ? new Uint8Array(order.length * pixels) : new Uint16Array(order.length * pixels);
  for (const [at, sourceIndex] of order.entries()) {
    for (const frame of frames.get(sourceIndex) ?? []) {
      const segment = segments[frame.segmentNumber - 1];
      const set = segment ? framePixels(segment, sourceIndex) : [];
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
  const shown = segments.flatMap((segment, index) =>
    [...input.source.frames.keys()]
      .filter((sourceIndex) => !isEmpty(framePixels(segment, sourceIndex, probabilities(segment))))
      .map((sourceIndex): ShownFrame => ({ segmentNumber: index + 1, sourceIndex })),
  );
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
