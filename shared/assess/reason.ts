import type { Retouch } from '@maskwright/image';
import type { Domain } from '@maskwright/model';
import type { Candidate, CandidateKind } from './assessment.ts';
import { type Decision, SAME_MASKS, type Zone } from './decide.ts';

/** What the sentence may tell. */
export interface Findings {
  readonly family: string;
  readonly retouch: Retouch | undefined;
  readonly gate: readonly string[];
  readonly zone: Zone;
  readonly domain: Domain | undefined;
  readonly distance: number | undefined;
  readonly percentile: number | undefined;
  readonly agreement: number | undefined;
  readonly models: Readonly<Record<CandidateKind, string>>;
  /** What the VLSM has learned of such images. */
  readonly classes: readonly string[];
  /** Best first. */
  readonly candidates: readonly Candidate[];
  readonly floor: number | undefined;
}

/** One plain sentence with the numbers, for the radiologist who sees the result. */
export function reasonOf(decision: Decision, findings: Findings): string {
  const { agreement = 0, models } = findings;
  const { vlsm, conventional } = models;
  const dice = `(Dice ${agreement.toFixed(2)})`;
  const image = describe(findings);
  switch (decision.because) {
    case 'asked':
      return `A person asked, so ${vlsm} answered: ${[...findings.gate, image].join('; ')}.`;
    case 'not-learned':
      return `A person should look: of ${findings.family} images ${vlsm} has learned ${findings.classes.join(', ') || 'nothing'}, and something else was asked for; ${image}.`;
    case 'gate':
      return `A person should look: ${(findings.gate.length > 0 ? findings.gate : [image]).join('; ')}.`;
    case 'predicted':
      return `${models[decision.choose]} was used: ${forecast(findings)}; ${image}.`;
    case 'below-floor':
      return `A person should look: ${forecast(findings)}, less than ${findings.floor?.toFixed(2)}; ${image}.`;
    case 'too-far':
      return `A person should look: ${image}.`;
    case 'at-home':
      return `${vlsm} was used: ${image}${differs(findings) ? `; look closely, because ${conventional} drew partly other masks ${dice}` : ''}.`;
    case 'no-comparison':
      return `A person should look: ${image}, and ${conventional} has no masks to compare with.`;
    case 'models-agree':
      return `${vlsm} was used: ${image}, but ${conventional} drew nearly the same masks ${dice}.`;
    case 'models-disagree':
      return `A person should look: ${image}, and ${vlsm} and ${conventional} drew different things ${dice}.`;
    case 'models-differ':
      return `${conventional} was used: ${image}, and ${vlsm} drew partly other masks ${dice}.`;
    case 'conventional-unfit':
      return `A person should look: ${image}, ${vlsm} and ${conventional} drew partly other masks ${dice}, and ${conventional} does not fit the image or lacks a structure.`;
  }
}

/** "predicted Dice 0.91 (0.83–0.97; 0.88 of starter-unet)". */
function forecast({ candidates: [best, other] }: Findings): string {
  if (!best) return 'nothing is known of its Dice';
  const range = `${best.low.toFixed(2)}–${best.high.toFixed(2)}`;
  const second = other ? `; ${other.predictedDice.toFixed(2)} of ${other.model}` : '';
  return `predicted Dice ${best.predictedDice.toFixed(2)} (${range}${second})`;
}

/** Of 41 held-apart masks of the starter VLSM with an agreement of 0.3 to 0.8, 20 had a Dice below 0.5. */
function differs({ agreement }: Findings): boolean {
  return agreement !== undefined && agreement < SAME_MASKS;
}

const AS_RETOUCHED: Readonly<Record<Retouch, string>> = {
  levelled: 'the image, its light made that of the training images,',
  inverted: 'the image, black and white exchanged and its light made that of the training images,',
  smoothed: 'the image, smoothed,',
};

function describe({ retouch, zone, family, domain, distance, percentile }: Findings): string {
  const image = retouch ? AS_RETOUCHED[retouch] : 'the image';
  if (!domain || distance === undefined || percentile === undefined)
    return `nothing is known about the distance to the ${family} training images`;
  const number = distance.toFixed(1);
  const share = `${Math.floor(percentile)} % of the ${family} images it was calibrated on lie nearer`;
  if (zone === 'near')
    return `${image} is like its training images (distance ${number} of at most ${domain.near.toFixed(1)}; ${share})`;
  if (zone === 'between')
    return `${image} is unusual (distance ${number}, usual up to ${domain.near.toFixed(1)}, foreign beyond ${domain.far.toFixed(1)}; ${share})`;
  return `${image} is unlike the training images (distance ${number}, foreign beyond ${domain.far.toFixed(1)}; ${share})`;
}
