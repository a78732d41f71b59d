import { type DataSet, items, number, tagOf, text } from '@maskwright/dicom';
import { macroItem } from './functional-groups.ts';
import { type LookupTable, lookupTable } from './lookup-table.ts';
import { corrupt, type PixelDescription } from './pixel-description.ts';
import type { Window } from './render.ts';

/** A lookup table with the item that states it. */
export interface TableItem extends LookupTable {
  readonly item: DataSet;
}
/** Stored value × slope + intercept, with the data set or functional group where they are stated. */
export interface Linear {
  readonly slope: number;
  readonly intercept: number;
  readonly place: DataSet;
}
/** @property shape VOILUTFunction; default: LINEAR */
export type StatedWindow = Window & { readonly shape?: string | undefined };

/**
 * The modality LUT, else the rescale (PS3.3 C.11.1), which is 1 and 0 where none is stated.
 * @throws MaskwrightError PIXELS_CORRUPT where slope or intercept are no numbers, the slope is 0, or the table is short
 */
export function modalityStep(dataset: DataSet, { signed }: PixelDescription): TableItem | Linear {
  return tableItem(dataset, 'ModalityLUTSequence', () => signed) ?? rescaleOf(dataset);
}

/**
 * The first window, else the VOI LUT (C.11.2). Where neither is stated, values that are made for the screen are shown `as is`,
 * others over the `range` of the frame.
 * @throws MaskwrightError PIXELS_CORRUPT where the table is short
 */
export function voiStep(dataset: DataSet, description: PixelDescription): StatedWindow | TableItem | 'as is' | 'range' {
  const place = macroItem(dataset, 'FrameVOILUTSequence') ?? dataset;
  const center = number(place, 'WindowCenter');
  const width = number(place, 'WindowWidth');
  if (center !== undefined && width !== undefined && width > 0) {
    return { center, width, shape: text(place, 'VOILUTFunction') };
  }
  const modality = modalityStep(dataset, description);
  // Implicit VR does not say which it is: values after the modality LUT do (C.11.2.1.1).
  const isSigned = (item: DataSet) => item[tagOf('LUTDescriptor')]?.vr === 'SS' || mayBeNegative(modality, description);
  const table = tableItem(dataset, 'VOILUTSequence', isSigned);
  if (table) return table;
  return isForScreen(modality, description) ? 'as is' : 'range';
}

/**
 * Whether rescale and tables can be used, without a frame.
 * @throws MaskwrightError PIXELS_CORRUPT where they cannot
 */
export function checkTables(dataset: DataSet, { signed }: PixelDescription): void {
  rescaleOf(dataset);
  for (const sequence of ['ModalityLUTSequence', 'VOILUTSequence']) tableItem(dataset, sequence, () => signed);
}

function tableItem(dataset: DataSet, sequence: string, isSigned: (item: DataSet) => boolean): TableItem | undefined {
  const [item] = items(dataset, sequence);
  const table = item && lookupTable(item, 'LUTDescriptor', 'LUTData', isSigned(item));
  return item && table && { ...table, item };
}

const LARGEST_RESCALE = 1e12;
function rescaleOf(dataset: DataSet): Linear {
  return checkRescale(macroItem(dataset, 'PixelValueTransformationSequence') ?? dataset);
}
/** @throws MaskwrightError PIXELS_CORRUPT where slope or intercept cannot be used */
export function checkRescale(place: DataSet): Linear {
  const slope = rescale(place, 'RescaleSlope', 1);
  if (slope === 0) throw corrupt('RescaleSlope is 0: every pixel would be the same');
  if (Math.abs(slope) > LARGEST_RESCALE) throw corrupt('RescaleSlope is no factor of pixel values');
  const intercept = rescale(place, 'RescaleIntercept', 0);
  if (Math.abs(intercept) > LARGEST_RESCALE) throw corrupt('RescaleIntercept is no offset of pixel values');
  return { slope, intercept, place };
}
function rescale(place: DataSet, keyword: string, absent: number): number {
  const value = number(place, keyword);
  if (value === undefined && text(place, keyword) !== undefined) throw corrupt(`${keyword} is not a number`);
  return value ?? absent;
}

/** Entries of a table are not; of a rescale one end of the stored values tells. */
function mayBeNegative(modality: TableItem | Linear, { bitsStored, signed, float }: PixelDescription): boolean {
  if ('entries' in modality) return false;
  if (float) return true;
  const { slope, intercept } = modality;
  const ends = signed ? [-(2 ** (bitsStored - 1)), 2 ** (bitsStored - 1) - 1] : [0, 2 ** bitsStored - 1];
  return ends.some((stored) => stored * slope + intercept < 0);
}

/** Eight bits without window are made for the screen as they are, but for values that a modality LUT makes others of. */
function isForScreen(modality: TableItem | Linear, { bitsStored, signed }: PixelDescription): boolean {
  if (bitsStored > 8 || bitsStored <= 1 || signed || 'entries' in modality) return false;
  return modality.slope === 1 && modality.intercept === 0;
}
