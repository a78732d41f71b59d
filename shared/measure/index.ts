/** Masks become numbers: area, volume, axes, border, shape and grey values, in the units that the source allows. */
export { calibratedSpacing } from './calibration.ts';
export { type Intensities, intensitiesOf } from './intensity.ts';
export { keyMeasurements, largestFrame, longestFrame } from './key-measurements.ts';
export { measureMasks } from './measure.ts';
export type { FrameMeasurements, IntensityStatistics, MaskMeasurements, Quantity } from './measurements.ts';
export type { Unit } from './units.ts';
