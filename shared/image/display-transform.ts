import { type DataSet, items, number, text } from '@maskwright/dicom';
import { macroItem } from './functional-groups.ts';
import { rangeOf, rescaleOf } from './grayscale.ts';
import { describeTable, lookupTable } from './lookup-table.ts';
import { describePixels } from './pixel-description.ts';
import type { Window } from './render.ts';
import type { Frame } from './source.ts';

/** A lookup table as it is stated (PS3.3 C.11.1, C.11.2). */
export interface StatedTable {
  /** Number of entries, first value mapped, bits an entry: as 16-bit words. */
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
/** @property shape VOILUTFunction; default: LINEAR */
export type StatedWindow = Window & { readonly shape?: string | undefined };

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
  const { samples, photometric } = describePixels(dataset);
  if (samples === 3 || photometric === 'PALETTE COLOR') return undefined;
  return { modality: modalityOf(dataset), voi: voiOf(dataset, frame), inverse: photometric === 'MONOCHROME1' };
}

function modalityOf(dataset: DataSet): DisplayTransform['modality'] {
  const [sequence] = items(dataset, 'ModalityLUTSequence');
  const table = sequence && tableOf(sequence);
  if (table) return table;
  const place = macroItem(dataset, 'PixelValueTransformationSequence') ?? dataset;
  if (number(place, 'RescaleSlope') === undefined && number(place, 'RescaleIntercept') === undefined) return undefined;
  const type = text(place, 'RescaleType') ?? (text(dataset, 'Modality') === 'CT' ? 'HU' : 'US');
  return { ...rescaleOf(dataset), type };
}

/** In the order in which `renderRgb` looks. */
function voiOf(dataset: DataSet, frame: Frame | undefined): DisplayTransform['voi'] {
  const place = macroItem(dataset, 'FrameVOILUTSequence') ?? dataset;
  const center = number(place, 'WindowCenter');
  const width = number(place, 'WindowWidth');
  if (center !== undefined && width !== undefined && width > 0) {
    return { center, width, shape: text(place, 'VOILUTFunction') };
  }
  const [sequence] = items(dataset, 'VOILUTSequence');
  const table = sequence && tableOf(sequence);
  if (table) return table;
  const range = frame && rangeOf(frame, dataset);
  return range && { center: (range[0] + range[1]) / 2, width: range[1] - range[0], shape: 'LINEAR_EXACT' };
}

function tableOf(item: DataSet): StatedTable | undefined {
  const described = describeTable(item, 'LUTDescriptor', false);
  const table = lookupTable(item, 'LUTDescriptor', 'LUTData', false);
  if (!described || !table) return undefined;
  return {
    descriptor: [described.length & 0xffff, described.first, described.bits],
    data: table.entries,
    explanation: text(item, 'LUTExplanation'),
    type: text(item, 'ModalityLUTType'),
  };
}
