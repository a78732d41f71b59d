import { type DataSet, number, text } from '@maskwright/dicom';
import { modalityStep, type StatedWindow, type TableItem, voiStep } from './gray-pipeline.ts';
import { rangeOf } from './grayscale.ts';
import { describePixels, type PixelDescription } from './pixel-description.ts';
import type { Frame } from './source.ts';

/** A lookup table as it is stated (PS3.3 C.11.1, C.11.2). */
export interface StatedTable {
  /** Number of entries, first value mapped, bits an entry: words of 16 bits, all signed where the first value is negative. */
  readonly descriptor: readonly [number, number, number];
  /** An entry each. */
  readonly data: Uint16Array;
  readonly explanation?: string | undefined;
  /** Of a modality LUT: what its values are. */
  readonly type?: string | undefined;
}
export interface Rescale {
  readonly slope: number;
  readonly intercept: number;
  /** HU, OD, US (unspecified), … */
  readonly type: string;
}
/** How `renderRgb` shows a grayscale frame, as data: what a presentation state states. */
export interface DisplayTransform {
  /** Absent: stored values are shown as they are. */
  readonly modality?: Rescale | StatedTable | undefined;
  /** Absent: all values from the least to the greatest. */
  readonly voi?: StatedWindow | StatedTable | undefined;
  /** MONOCHROME1: low is bright. */
  readonly inverse: boolean;
}

/**
 * @param dataset of a frame: of an enhanced object with the frame's own group first (`withGroupOf`)
 * @param frame its pixels: where no window is stated, the range that `renderRgb` shows is that of these
 * @returns undefined for colour and palette images, which have none
 * @throws MaskwrightError PIXELS_CORRUPT where rescale or tables cannot be used
 */
export function displayTransformOf(dataset: DataSet, frame?: Frame): DisplayTransform | undefined {
  const description = describePixels(dataset);
  const { samples, photometric } = description;
  if (samples === 3 || photometric === 'PALETTE COLOR') return undefined;
  return {
    modality: modalityOf(dataset, description),
    voi: voiOf(dataset, description, frame),
    inverse: photometric === 'MONOCHROME1',
  };
}

function modalityOf(dataset: DataSet, description: PixelDescription): DisplayTransform['modality'] {
  const step = modalityStep(dataset, description);
  if ('entries' in step) return tableOf(step);
  const { slope, intercept, place } = step;
  if (number(place, 'RescaleSlope') === undefined && number(place, 'RescaleIntercept') === undefined) return undefined;
  const type = text(place, 'RescaleType') ?? (text(dataset, 'Modality') === 'CT' ? 'HU' : 'US');
  return { slope, intercept, type };
}

function voiOf(dataset: DataSet, description: PixelDescription, frame: Frame | undefined): DisplayTransform['voi'] {
  const step = voiStep(dataset, description);
  if (step === 'as is') return undefined;
  if (step === 'range') return frame && rangeWindow(rangeOf(frame, dataset, description));
  return 'entries' in step ? tableOf(step) : step;
}
function rangeWindow([low, high]: readonly [number, number]): StatedWindow {
  return { center: (low + high) / 2, width: high - low, shape: 'LINEAR_EXACT' };
}

function tableOf({ item, first, bits, entries }: TableItem): StatedTable {
  return {
    descriptor: [first < 0 ? (entries.length << 16) >> 16 : entries.length & 0xffff, first, bits],
    data: entries,
    explanation: text(item, 'LUTExplanation'),
    type: text(item, 'ModalityLUTType'),
  };
}
