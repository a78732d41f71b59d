/** What was foretold of a mask, and what it is. */
export interface Forecast {
  readonly predicted: number;
  readonly dice: number;
}
export interface CurvePoint {
  /** Share (0–1) of the masks that are kept, those with the best forecast first. */
  readonly coverage: number;
  /** Mean of 1 − Dice of the kept ones. */
  readonly risk: number;
}

/** Risk as ever less promising masks are kept; a good forecast makes the curve rise at its end only. */
export function riskCoverage(forecasts: readonly Forecast[]): CurvePoint[] {
  const best = forecasts.toSorted((a, b) => b.predicted - a.predicted);
  let risk = 0;
  return best.map(({ dice }, index) => {
    risk += 1 - dice;
    return { coverage: (index + 1) / best.length, risk: risk / (index + 1) };
  });
}

/** Mean risk over all coverages; smaller is better. */
export function areaUnder(curve: readonly CurvePoint[]): number {
  return curve.reduce((sum, { risk }) => sum + risk, 0) / curve.length;
}

/**
 * Chance that a failed mask (Dice below `limit`) has a lower forecast than a good one, ties counting half; undefined where
 * all failed or none did.
 */
export function failureAuroc(forecasts: readonly Forecast[], limit: number): number | undefined {
  const sorted = forecasts.toSorted((a, b) => a.predicted - b.predicted);
  let ranks = 0;
  let good = 0;
  for (let start = 0; start < sorted.length; ) {
    let end = start;
    while (end < sorted.length && sorted[end]?.predicted === sorted[start]?.predicted) end++;
    const better = sorted.slice(start, end).filter(({ dice }) => dice >= limit).length;
    ranks += better * ((start + 1 + end) / 2);
    good += better;
    start = end;
  }
  const failed = sorted.length - good;
  return failed === 0 || good === 0 ? undefined : (ranks - (good * (good + 1)) / 2) / (failed * good);
}
