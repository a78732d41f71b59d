import type { Bundle } from '@maskwright/model';
import { NSD_TOLERANCE } from '@maskwright/score';
import type { ChoiceReport, ReportRow, Tally } from './evaluate-tally.ts';

export interface Fault {
  readonly image: string;
  readonly target: string;
  readonly dataset: string;
  readonly reason: string;
}
/** report.json */
export interface Report {
  readonly schema: 'maskwright.evaluation/1';
  readonly at: string;
  readonly cases: number;
  readonly done: number;
  readonly models: readonly { readonly id: string; readonly version: string; readonly digest: string }[];
  readonly rows: readonly ReportRow[];
  /** Null where `auto` was not scored. */
  readonly choice: ChoiceReport | null;
  readonly faults: readonly Fault[];
  readonly conventions: readonly string[];
}

const CONVENTIONS = [
  'Dice and IoU of two empty masks are 1; of an empty and another mask 0.',
  'HD95 is the larger of both directions’ 95th percentiles of the distance between borders, in pixels of the image; 0 for two empty masks, the image’s diagonal where only one is empty.',
  `NSD is the share of both borders within ${NSD_TOLERANCE} pixels of the other; 1 for two empty masks, 0 where only one is empty.`,
  'diceLow and diceHigh bound the 95 % percentile bootstrap interval of the mean (2000 resamples of whole groups, fixed seed): the group is the cell of that name in the table, else the image. Of one group there is no interval: both are the mean.',
  'The row of auto scores the mask of the candidate with the best prediction, also where the outcome is needs-person.',
  'choice counts each case once: of several prompt types, by the first that was asked for.',
  'A model without prompts has the same scores under every prompt type.',
];

export function reportJson(run: {
  readonly tally: Tally;
  readonly faults: readonly Fault[];
  readonly cases: number;
  readonly done: number;
  readonly bundles: readonly Pick<Bundle, 'id' | 'version' | 'digest'>[];
  readonly at: Date;
}): Report {
  return {
    schema: 'maskwright.evaluation/1',
    at: run.at.toISOString(),
    cases: run.cases,
    done: run.done,
    models: run.bundles.map(({ id, version, digest }) => ({ id, version, digest })),
    rows: run.tally.rows(),
    choice: run.tally.choice(),
    faults: run.faults,
    conventions: CONVENTIONS,
  };
}
