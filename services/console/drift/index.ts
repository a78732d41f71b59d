/** Whether the images that arrive still are like those that the models know. */
export { Drift, type DriftGroup, type DriftLabels, LEAST_RESULTS, WINDOW } from './drift.ts';
export { publishDrift } from './metrics.ts';
