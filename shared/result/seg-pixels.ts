import type { KeywordValues, PixelWriter } from '@maskwright/dicom';
import { framePixels } from '@maskwright/image';
import type { SegFrame } from './functional-groups.ts';
import { shownBlocks, TakenPixels } from './mask-words.ts';
import { packFrame } from './pack-bits.ts';
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
  /** Writes the frames into the file itself: there is no other copy of them. */
  readonly pixelData: PixelWriter;
}

/** @throws TypeError when a fractional object is asked for and a segment has no probabilities of the mask's size */
export function segPixels(input: SegInput): SegPixels {
  const form = input.style?.form ?? 'binary';
  if (form === 'fractional') return fractional(input);
  const shown = shownFrames(input, ({ mask }) => mask.data);
  const overlapping = overlap(input, shown);
  return form === 'labelmap' && !overlapping ? labelMap(input, shown) : binary(input, shown, overlapping);
}

/** A frame of the SEG before it is written. */
interface ShownFrame extends SegFrame {
  readonly segmentNumber: number;
  /** rows × columns, as they were given. */
  readonly pixels: Uint8Array;
  /** Where they show something. */
  readonly blocks: readonly number[];
}

/**
 * Where every mask is empty, one empty frame stays: an object without frames breaks the standard (NumberOfFrames and
 * PerFrameFunctionalGroupsSequence), dciodvfy and highdicom.
 */
function shownFrames(
  { source, segments }: SegInput,
  pixelsOf: (segment: SegmentInput) => Uint8Array,
): readonly ShownFrame[] {
  const size = source.rows * source.columns;
  const shown = segments.flatMap((segment, index) => {
    const all = pixelsOf(segment);
    return [...source.frames.keys()].flatMap((sourceIndex): ShownFrame | [] => {
      const pixels = framePixels(segment.mask, sourceIndex, all);
      const blocks = shownBlocks(pixels);
      return blocks.length > 0 ? { segmentNumber: index + 1, sourceIndex, pixels, blocks } : [];
    });
  });
  if (shown.length > 0) return shown;
  return [{ segmentNumber: 1, sourceIndex: 0, pixels: new Uint8Array(size), blocks: [] }];
}

/** Whether any pixel is in two segments. */
function overlap({ source }: SegInput, shown: readonly ShownFrame[]): boolean {
  const taken = new TakenPixels(source.rows * source.columns);
  return [...Map.groupBy(shown, ({ sourceIndex }) => sourceIndex).values()].some((together) => {
    if (together.length === 1) return false;
    taken.clear();
    return together.some(({ pixels, blocks }) => taken.take(pixels, blocks));
  });
}

function binary({ source }: SegInput, shown: readonly ShownFrame[], overlapping: boolean): SegPixels {
  const size = source.rows * source.columns;
  return {
    form: 'binary',
    sopClassUID: SEGMENTATION_STORAGE,
    frames: shown,
    values: {
      SegmentationType: 'BINARY',
      SegmentsOverlap: overlapping ? 'YES' : 'NO',
      ...matrix(1),
    },
    pixelData: {
      byteLength: Math.ceil((shown.length * size) / 8),
      write: (place) => {
        for (const [at, { pixels, blocks }] of shown.entries()) packFrame(pixels, place, at * size, blocks);
      },
    },
  };
}

/** Each pixel holds the number of its segment, 0 where there is none (PS3.3 C.8.20.2.3.3). */
function labelMap({ source, segments }: SegInput, shown: readonly ShownFrame[]): SegPixels {
  const frames = [...Map.groupBy(shown, ({ sourceIndex }) => sourceIndex)].sort(([a], [b]) => a - b);
  const size = source.rows * source.columns;
  const width = segments.length < 256 ? 1 : 2;
  return {
    form: 'labelmap',
    sopClassUID: LABEL_MAP_STORAGE,
    frames: frames.map(([sourceIndex]) => ({ sourceIndex })),
    values: {
      SegmentationType: 'LABELMAP',
      SegmentsOverlap: 'NO',
      PixelPaddingValue: 0,
      ...matrix(width * 8),
    },
    pixelData: {
      byteLength: frames.length * size * width,
      write: (place) => {
        for (const [at, [, together]] of frames.entries())
          for (const frame of together) writeLabels(frame, place.subarray(at * size * width), width);
      },
    },
  };
}

/** @param width bytes of a label, the lowest first */
function writeLabels({ segmentNumber, pixels }: ShownFrame, place: Uint8Array, width: 1 | 2): void {
  for (let pixel = 0; pixel < pixels.length; pixel += 1) {
    if (pixels[pixel] === 0) continue;
    place[pixel * width] = segmentNumber;
    if (width === 2) place[pixel * width + 1] = segmentNumber >>> 8;
  }
}

const CERTAIN = 255;

/** Probabilities in steps of 1/255 (PS3.3 C.8.20.2.3.1). Whether they overlap is a matter of the threshold: UNDEFINED. */
function fractional(input: SegInput): SegPixels {
  const shown = shownFrames(input, probabilities);
  const size = input.source.rows * input.source.columns;
  return {
    form: 'fractional',
    sopClassUID: SEGMENTATION_STORAGE,
    frames: shown,
    values: {
      SegmentationType: 'FRACTIONAL',
      SegmentationFractionalType: 'PROBABILITY',
      MaximumFractionalValue: CERTAIN,
      SegmentsOverlap: 'UNDEFINED',
      ...matrix(8),
    },
    pixelData: {
      byteLength: shown.length * size,
      write: (place) => {
        for (const [at, { pixels }] of shown.entries()) place.set(pixels, at * size);
      },
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
