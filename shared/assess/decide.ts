import type { CandidateKind } from './assessment.ts';

/** Where the image lies: at home, at the edge, outside; unknown where the bundle has no statistics for the family. */
export type Zone = 'near' | 'between' | 'beyond' | 'unknown';

export interface Evidence {
  readonly gatePassed: boolean;
  readonly zone: Zone;
  /** Mean Dice between both models' masks, 0–1. */
  readonly agreement: number | undefined;
  /** Whether the conventional model has every target and is not itself far from home. */
  readonly conventionalFits: boolean;
  /** A person wrote the prompt and is looking at the result. */
  readonly humanPrompt: boolean;
  /** Whether the VLSM has learned every structure that is asked for, or may answer for any. */
  readonly learned: boolean;
  /** Undefined where the bundle has no calibration. */
  readonly forecast?: Forecast | undefined;
}
export interface Forecast {
  /** Of those that fit the image. */
  readonly best: CandidateKind;
  /** Predicted Dice of the best candidate's worst target, 0–1. */
  readonly least: number;
  /** Below, a person looks. */
  readonly floor: number;
}

/** From here on both models drew the same structure, whatever the distance says. */
export const SAME_MASKS = 0.8;
/** Below, at least one of the models has lost the structure, and nothing here tells which. */
export const UNRELATED_MASKS = 0.3;

export type Decision =
  | { readonly choose: 'vlsm'; readonly because: 'asked' | 'predicted' | 'at-home' | 'models-agree' }
  | { readonly choose: 'conventional'; readonly because: 'predicted' | 'models-differ' }
  | { readonly choose: 'consensus'; readonly because: 'predicted' }
  | {
      readonly choose: 'needs-person';
      readonly because:
        | 'not-learned'
        | 'gate'
        | 'too-far'
        | 'below-floor'
        | 'no-comparison'
        | 'models-disagree'
        | 'conventional-unfit';
    };

/**
 * The first row that holds decides. A shift alone does not choose the conventional model: language models bear shift
 * better, so at the edge both models must speak first. Unrelated masks are shown to a person even where the image is at
 * home. Words that name nothing the VLSM has learned, a person's or a task's, mostly get the image's own structure, and look
 * sure of it: that is never kept under another name. Where the bundle is calibrated, the predicted Dice decides between the models and against the floor.
 */
export function decide(evidence: Evidence): Decision {
  const { gatePassed, zone, agreement, conventionalFits, humanPrompt, learned, forecast } = evidence;
  const rows: readonly (readonly [boolean, Decision])[] = [
    [humanPrompt && !learned, { choose: 'needs-person', because: 'not-learned' }],
    [humanPrompt, { choose: 'vlsm', because: 'asked' }],
    [!gatePassed || zone === 'unknown', { choose: 'needs-person', because: 'gate' }],
    [zone === 'beyond', { choose: 'needs-person', because: 'too-far' }],
    [!learned, { choose: 'needs-person', because: 'not-learned' }],
    [(agreement ?? 1) < UNRELATED_MASKS, { choose: 'needs-person', because: 'models-disagree' }],
    [forecast !== undefined && forecast.least < forecast.floor, { choose: 'needs-person', because: 'below-floor' }],
    ...(forecast ? [[true, { choose: forecast.best, because: 'predicted' }] as const] : []),
    [zone === 'near', { choose: 'vlsm', because: 'at-home' }],
    [agreement === undefined, { choose: 'needs-person', because: 'no-comparison' }],
    [(agreement ?? 0) >= SAME_MASKS, { choose: 'vlsm', because: 'models-agree' }],
    [conventionalFits, { choose: 'conventional', because: 'models-differ' }],
  ];
  const row = rows.find(([holds]) => holds);
  return row?.[1] ?? { choose: 'needs-person', because: 'conventional-unfit' };
}
