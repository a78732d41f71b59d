import type { Unit } from './units.ts';

export interface Quantity {
  readonly value: number;
  readonly unit: Unit;
}

/** Of the pixels inside; pixel padding (PixelPaddingValue) is no image and does not count. */
export interface IntensityStatistics {
  readonly mean: number;
  /** Of the population: divided by n. */
  readonly standardDeviation: number;
  readonly minimum: number;
  readonly maximum: number;
  /** Values that were counted. */
  readonly count: number;
  readonly unit: Unit;
}

/** One mask on one frame that it shows something on. */
export interface FrameMeasurements {
  /** Index among the source's frames. */
  readonly frame: number;
  readonly area: Quantity;
  /**
   * Longest straight line inside the hull of the largest piece, and the longest one at right angles to it. Absent, with
   * perimeter and circularity, where pixels are not square and the spacing is not known: then no length has a meaning.
   */
  readonly longAxis?: Quantity;
  readonly shortAxis?: Quantity;
  /** Of all pieces and holes. */
  readonly perimeter?: Quantity;
  /** 4π · area ÷ perimeter², at most 1: a disc has 1, a square 0.785. */
  readonly circularity?: Quantity;
  readonly intensity?: IntensityStatistics;
}

/** One mask over all frames of its source. */
export interface MaskMeasurements {
  /** Frames with pixels, in the order of the source; empty: nothing was found. */
  readonly frames: readonly FrameMeasurements[];
  /** Whether lengths of all frames are the patient's millimetres. */
  readonly calibrated: boolean;
  /** Only of volumes of at least two calibrated slices. */
  readonly volume?: Quantity;
  /** Over all frames. */
  readonly intensity?: IntensityStatistics;
}
