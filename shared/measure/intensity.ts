import { text, texts } from '@maskwright/dicom';
import { decodeFrame, macroItem, modalityValuesOf, type Run, type SourceFrame, withGroupOf } from '@maskwright/image';
import type { IntensityStatistics } from './measurements.ts';
import { BECQUEREL, HOUNSFIELD, NO_UNITS, type Unit } from './units.ts';

/** Grey values of one frame after the modality LUT; NaN where the pixel is padding. */
export interface Intensities {
  /** Of a pixel, counted row by row from 0. */
  readonly valueAt: (pixel: number) => number;
  readonly unit: Unit;
}

/**
 * Grey values of a frame, decoded. Undefined for colour and palette images, whose values are no measurement.
 * @throws MaskwrightError PIXELS_*
 */
export async function intensitiesOf(frame: SourceFrame): Promise<Intensities | undefined> {
  const valueAt = modalityValuesOf(await decodeFrame(frame), frame);
  return valueAt && { valueAt, unit: unitOf(frame) };
}

/**
 * RescaleType (PS3.3 C.11.1.1.2; of an enhanced object in its functional groups, C.7.6.16.2.9) says; CT but for localizers
 * has HU where nothing is said (C.8.2.1.1), PET its Units.
 */
function unitOf({ instance: { dataset }, frameNumber }: SourceFrame): Unit {
  const rescale = macroItem(withGroupOf(dataset, frameNumber), 'PixelValueTransformationSequence') ?? dataset;
  const said = text(rescale, 'RescaleType');
  if (said === 'HU') return HOUNSFIELD;
  const modality = text(dataset, 'Modality');
  if (modality === 'PT' && text(dataset, 'Units') === 'BQML') return BECQUEREL;
  if (modality !== 'CT' || said !== undefined || text(rescale, 'RescaleSlope') === undefined) return NO_UNITS;
  return texts(dataset, 'ImageType').includes('LOCALIZER') ? NO_UNITS : HOUNSFIELD;
}

interface Part {
  readonly count: number;
  readonly mean: number;
  /** Sum of squared distances from the mean. */
  readonly spread: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly unit: Unit;
}

/** Adds up values frame by frame, about the mean of each frame, so that large values lose no digits. */
export class IntensitySum {
  #part: Part = { count: 0, mean: 0, spread: 0, minimum: Infinity, maximum: -Infinity, unit: NO_UNITS };

  /** The values of these pixels. */
  add({ valueAt, unit }: Intensities, runs: readonly Run[], columns: number): void {
    let [shift, count, sum, squares, minimum, maximum] = [Number.NaN, 0, 0, 0, Infinity, -Infinity];
    for (const { row, from, to } of runs) {
      for (let at = row * columns + from; at <= row * columns + to; at += 1) {
        const value = valueAt(at);
        if (Number.isNaN(value)) continue;
        if (count === 0) shift = value;
        count += 1;
        sum += value - shift;
        squares += (value - shift) ** 2;
        if (value < minimum) minimum = value;
        if (value > maximum) maximum = value;
      }
    }
    if (count === 0) return;
    this.#join({ count, mean: shift + sum / count, spread: squares - sum ** 2 / count, minimum, maximum, unit });
  }

  /** What another one has added up. */
  addAll(other: IntensitySum): void {
    if (other.#part.count > 0) this.#join(other.#part);
  }

  /** Means and spreads of two parts together. */
  #join(part: Part): void {
    const { count, mean, spread, minimum, maximum } = this.#part;
    const all = count + part.count;
    const apart = part.mean - mean;
    this.#part = {
      count: all,
      mean: mean + (apart * part.count) / all,
      spread: spread + part.spread + (apart ** 2 * count * part.count) / all,
      minimum: Math.min(minimum, part.minimum),
      maximum: Math.max(maximum, part.maximum),
      unit: part.unit,
    };
  }

  /** Empty where no value was added. */
  statistics(): { readonly intensity?: IntensityStatistics } {
    const { count, spread, ...others } = this.#part;
    if (count === 0) return {};
    return { intensity: { ...others, count, standardDeviation: Math.sqrt(Math.max(0, spread / count)) } };
  }
}
