import { text, texts } from '@maskwright/dicom';
import { decodeFrame, modalityValuesOf, type SourceFrame } from '@maskwright/image';
import type { IntensityStatistics } from './measurements.ts';
import { BECQUEREL, HOUNSFIELD, NO_UNITS, type Unit } from './units.ts';

/** Grey values of one frame after the modality LUT; NaN where the pixel is padding. */
export interface Intensities {
  /** rows × columns. */
  readonly values: Float64Array;
  readonly unit: Unit;
}

/**
 * Grey values of a frame, decoded. Undefined for colour and palette images, whose values are no measurement.
 * @throws MaskwrightError PIXELS_*
 */
export async function intensitiesOf(frame: SourceFrame): Promise<Intensities | undefined> {
  const values = modalityValuesOf(await decodeFrame(frame), frame);
  return values && { values, unit: unitOf(frame) };
}

/** RescaleType (PS3.3 C.11.1.1.2) says; CT but for localizers has HU where nothing is said (C.8.2.1.1), PET its Units. */
function unitOf({ instance: { dataset } }: SourceFrame): Unit {
  const said = text(dataset, 'RescaleType');
  if (said === 'HU') return HOUNSFIELD;
  const modality = text(dataset, 'Modality');
  if (modality === 'PT' && text(dataset, 'Units') === 'BQML') return BECQUEREL;
  if (modality !== 'CT' || said !== undefined || text(dataset, 'RescaleSlope') === undefined) return NO_UNITS;
  return texts(dataset, 'ImageType').includes('LOCALIZER') ? NO_UNITS : HOUNSFIELD;
}

/** Adds up values frame by frame, about the first one, so that large values lose no digits. */
export class IntensitySum {
  #unit: Unit = NO_UNITS;
  #shift: number | undefined;
  #count = 0;
  #sum = 0;
  #squares = 0;
  #minimum = Infinity;
  #maximum = -Infinity;

  /** The values under a mask of the same size. */
  add({ values, unit }: Intensities, mask: Uint8Array): void {
    this.#unit = unit;
    for (let at = mask.indexOf(1); at >= 0; at = mask.indexOf(1, at + 1)) {
      const value = values[at] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      this.#shift ??= value;
      const from = value - this.#shift;
      this.#count += 1;
      this.#sum += from;
      this.#squares += from * from;
      if (value < this.#minimum) this.#minimum = value;
      if (value > this.#maximum) this.#maximum = value;
    }
  }

  /** Empty where no value was added. */
  statistics(): { readonly intensity?: IntensityStatistics } {
    if (this.#shift === undefined) return {};
    const mean = this.#sum / this.#count;
    const intensity = {
      mean: this.#shift + mean,
      standardDeviation: Math.sqrt(Math.max(0, this.#squares / this.#count - mean * mean)),
      minimum: this.#minimum,
      maximum: this.#maximum,
      count: this.#count,
      unit: this.#unit,
    };
    return { intensity };
  }
}
