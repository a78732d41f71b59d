/** How good a mask is against a reference, and how good a forecast of that is. Pure: numbers in, numbers out. */
export { type Interval, meanWithInterval } from './bootstrap.ts';
export { type CaseScore, NSD_TOLERANCE, type ScoredMask, scoreMask } from './case-score.ts';
export { squaredDistances } from './distance-transform.ts';
export { diceOf, iouOf, type Overlap, overlapOf } from './overlap.ts';
export { areaUnder, type CurvePoint, type Forecast, failureAuroc, riskCoverage } from './risk-coverage.ts';
export { borderOf, type SurfaceScore, surfaceScore } from './surface.ts';
