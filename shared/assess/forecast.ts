import type { Bundle, Domain } from '@maskwright/model';
import type { AssessInput } from './assess.ts';
import { CANDIDATES, type Candidate, modelsOf, rankOf } from './assessment.ts';
import type { Forecast } from './decide.ts';
import { FEATURES, type PredictedDice, type Prediction, predict } from './features.ts';

/** Why the VLSM's calibration cannot foretell anything beside this partner; undefined where it can, or where there is none. */
export function whyUnused(
  { calibration }: Partial<Pick<Bundle, 'calibration'>>,
  partner: Pick<Bundle, 'id'> & Partial<Pick<Bundle, 'digest'>>,
): string | undefined {
  if (!calibration) return;
  if (calibration.partner.digest !== partner.digest)
    return `it was fitted with another ${calibration.partner.id} than the ${partner.id} beside it`;
  if (calibration.features.some((name, at) => name !== FEATURES[at]))
    return 'it was fitted on signals that this version does not know';
  return;
}

/**
 * What the calibration expects of each candidate. Nothing is foretold where a target was not drawn by both. Beside a
 * conventional model that does not fit the image the VLSM comes first, whatever is expected: only its masks may be kept.
 */
export function forecastOf(
  { family, vlsm, conventional, targets, signals = [], floor }: AssessInput,
  domain: Domain | undefined,
  distance: number | undefined,
  conventionalFits: boolean,
): { readonly candidates: readonly Candidate[]; readonly forecast?: Forecast } {
  const { calibration } = vlsm.bundle;
  if (!calibration || whyUnused(vlsm.bundle, conventional.bundle)) return { candidates: [] };
  const predictions = targets.flatMap((target, index): Prediction[] => {
    const seen = signals[index];
    return seen ? [predict(calibration, { family, target, domain, distance, signals: seen })] : [];
  });
  if (predictions.length === 0 || predictions.length < targets.length) return { candidates: [] };
  const ids = modelsOf({ vlsm: vlsm.bundle.id, conventional: conventional.bundle.id });
  const candidates = CANDIDATES.flatMap((kind): Candidate[] => {
    const foretold = predictions.flatMap((one) => one[kind] ?? []);
    if (foretold.length < predictions.length) return [];
    const { dice, low, high } = meanOf(foretold);
    return [{ kind, model: ids[kind], predictedDice: dice, low, high }];
  }).toSorted((a, b) => {
    const fit = ({ kind }: Candidate) => Number(conventionalFits || kind === 'vlsm');
    return fit(b) - fit(a) || rankOf(b.kind, b.predictedDice) - rankOf(a.kind, a.predictedDice);
  });
  const best = candidates[0]?.kind ?? 'vlsm';
  const least = Math.min(...predictions.map((one) => one[best]?.dice ?? 0));
  return { candidates, forecast: { best, least, floor: floor ?? calibration.floor } };
}

function meanOf(all: readonly PredictedDice[]): PredictedDice {
  const mean = (name: keyof PredictedDice) => all.reduce((sum, one) => sum + one[name], 0) / all.length;
  return { dice: mean('dice'), low: mean('low'), high: mean('high') };
}
