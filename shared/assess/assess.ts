import type { DataSet } from '@maskwright/dicom';
import type { Retouch, RgbImage } from '@maskwright/image';
import type { Bundle, Domain } from '@maskwright/model';
import { type Assessment, modelsOf } from './assessment.ts';
import { decide, type Zone } from './decide.ts';
import { distanceTo, medianOf, percentileOf, percentileShares } from './distance.ts';
import { forecastOf } from './forecast.ts';
import { gate } from './gate.ts';
import { reasonOf } from './reason.ts';
import type { Signals } from './signals.ts';

export interface AssessInput {
  readonly family: string;
  /** Header of the source's first instance. */
  readonly dataset: DataSet;
  readonly vlsm: ModelView;
  readonly conventional: ModelView;
  /** Names of the structures that were asked for. */
  readonly targets: readonly string[];
  /** Whether a person wrote the prompt. */
  readonly humanPrompt: boolean;
  /** Mean Dice (0–1) between both models' masks; undefined where nothing could be compared. */
  readonly agreement?: number | undefined;
  /** Mean pairwise Dice (0–1) among the masks of the prompt's wordings; undefined where one wording was asked. */
  readonly wordings?: number | undefined;
  /** What is seen of both models' masks, one a target; undefined where one of them has none. */
  readonly signals?: readonly (Signals | undefined)[] | undefined;
  /** The task's own least predicted Dice; default: the calibration's. */
  readonly floor?: number | undefined;
  /** The middle frame, before anything was done to it. */
  readonly image: RgbImage;
  /** What was done to the frames before the models saw them, where the image as it is promised little. */
  readonly retouched?: { readonly how: Retouch; readonly asIs: Assessment } | undefined;
}
export interface ModelView {
  readonly bundle: Pick<Bundle, 'id' | 'domains' | 'classesOf' | 'answersFor'> &
    Partial<Pick<Bundle, 'calibration' | 'digest'>>;
  /** Pooled features, one a frame. */
  readonly pooled: readonly Float32Array[];
}

/**
 * Whether the models are at home with the image, and whose masks are kept.
 * @throws MaskwrightError BUNDLE_INVALID where features and training statistics differ in length
 */
export function assess(input: AssessInput): Assessment {
  const { family, vlsm, conventional, targets, agreement, humanPrompt } = input;
  const models = modelsOf({ vlsm: vlsm.bundle.id, conventional: conventional.bundle.id });
  const doubts = gate(family, input.dataset, input.image, vlsm.bundle);
  const domain = vlsm.bundle.domains.get(family);
  const distances = domain && vlsm.pooled.map((pooled) => distanceTo(domain, pooled));
  const distance = distances && medianOf(distances);
  const percentile = domain && distance !== undefined ? percentileOf(domain, distance) : undefined;
  const zone = zoneAfter(input.retouched?.asIs, domain, zoneOf(domain, distance));
  const conventionalFits = fits(conventional, family, targets);
  const { candidates, forecast } = forecastOf(input, domain, distance, conventionalFits);
  const decision = decide({
    gatePassed: doubts.length === 0,
    zone,
    agreement,
    conventionalFits,
    humanPrompt,
    learned: answersForAll(vlsm, family, targets),
    forecast,
  });
  return {
    family,
    retouch: input.retouched?.how ?? null,
    gate: doubts,
    distance: distance ?? null,
    percentile: percentile ?? null,
    percentileShares: distances && distances.length > 1 ? percentileShares(domain, distances) : null,
    agreement: agreement ?? null,
    wordings: input.wordings ?? null,
    candidates,
    choice:
      decision.choose === 'needs-person'
        ? { kind: decision.choose }
        : { kind: decision.choose, model: models[decision.choose] },
    reason: reasonOf(decision, {
      family,
      retouch: input.retouched?.how,
      gate: doubts,
      zone,
      domain,
      distance,
      percentile,
      agreement,
      models,
      classes: vlsm.bundle.classesOf(family),
      candidates,
      floor: forecast?.floor,
    }),
  };
}

function zoneOf(domain: Domain | undefined, distance: number | undefined): Zone {
  if (!domain || distance === undefined) return 'unknown';
  if (distance <= domain.near) return 'near';
  return distance <= domain.far ? 'between' : 'beyond';
}

/** Made like the training images, a stranger may come near them: it must then be as near as those that belong there. */
function zoneAfter(asIs: Assessment | undefined, domain: Domain | undefined, zone: Zone): Zone {
  const wasBeyond = asIs !== undefined && zoneOf(domain, asIs.distance ?? undefined) === 'beyond';
  return wasBeyond && zone === 'between' ? 'beyond' : zone;
}

function fits({ bundle, pooled }: ModelView, family: string, targets: readonly string[]): boolean {
  const domain = bundle.domains.get(family);
  const distance = domain && medianOf(pooled.map((one) => distanceTo(domain, one)));
  const zone = zoneOf(domain, distance);
  return (zone === 'near' || zone === 'between') && answersForAll({ bundle }, family, targets);
}

function answersForAll({ bundle }: Pick<ModelView, 'bundle'>, family: string, targets: readonly string[]): boolean {
  return targets.every((target) => bundle.answersFor(family, target));
}
