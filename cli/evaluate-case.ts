import { CANDIDATES, type CandidateKind, modelsOf } from '@maskwright/assess';
import type { Catalogue } from '@maskwright/catalogue';
import { MaskwrightError } from '@maskwright/errors';
import type { Mask } from '@maskwright/image';
import type { BundleShelf } from '@maskwright/model';
import { diceOf, overlapOf, scoreMask } from '@maskwright/score';
import { type Compared, compareModels, type Look } from '@maskwright/segmenter';
import { requestOf } from './case-request.ts';
import type { Case } from './evaluate-cases.ts';
import { type Journal, keyOf } from './evaluate-journal.ts';
import { AUTO, type ModelsFor, type Pair, pairsFor } from './evaluate-models.ts';
import { borderPicture } from './evaluate-picture.ts';
import type { CaseRecord, CaseRow, Comparison } from './evaluate-record.ts';
import { readKnownCase } from './known-case.ts';

export interface Evaluation {
  readonly catalogue: Catalogue;
  readonly shelf: BundleShelf;
  readonly modelsFor: ModelsFor;
  /** Ids, or undefined for the task's own and `auto`. */
  readonly models: readonly string[] | undefined;
  /** P0 … P9, or undefined for the task's own words. */
  readonly promptTypes: readonly string[] | undefined;
  readonly journal: Journal<CaseRecord>;
  /** Whether a case with this Dice is one of the worst so far, so that its picture is kept. */
  readonly isWorst: (dice: number) => boolean;
}

/** Changed when scores or choices are made otherwise, so that older journals are not believed. */
const VERSION = 'maskwright.evaluation/6';

/** Scores one case, or takes it from the journal. @throws MaskwrightError naming what is wrong with the case */
export async function evaluateCase(one: Case, evaluation: Evaluation): Promise<CaseRecord> {
  const { catalogue, shelf, journal, models, promptTypes } = evaluation;
  const { image, source, asked, attributes, truth, content } = await readKnownCase(one, catalogue, shelf);
  const pairs = pairsFor(asked.task, models, shelf);
  const digests = pairs.flatMap((pair) => [
    ...Object.values(pair.models).map((id) => shelf.get(id).digest),
    ...pair.scored,
  ]);
  const key = keyOf(VERSION, ...content, ...digests, (promptTypes ?? []).join());
  const before = journal.find(key);
  if (before) return before;

  const rows: CaseRow[] = [];
  const comparisons: Comparison[] = [];
  let picture: string | undefined;
  for (const [index, promptType] of (promptTypes ?? [undefined]).entries()) {
    const request = requestOf(catalogue, asked, source, attributes, promptType);
    const label = promptType ?? (asked.target.prompts || asked.task.prompts ? 'own' : asked.task.promptType);
    for (const pair of pairs) {
      const models = await evaluation.modelsFor(pair);
      const compared = await compareModels(models, request);
      const scored = scoredOf(pair, compared, truth, label);
      rows.push(...scored.map(({ row }) => row));
      // Further prompt types would count the case again.
      if (index === 0 && pair.scored.includes(AUTO)) comparisons.push(...comparisonOf(compared, truth));
      const toShow = scored.find(({ row }) => row === shown(rows));
      if (toShow) picture = evaluation.isWorst(toShow.row.dice) ? pictureOf(toShow, truth) : undefined;
    }
  }
  if (rows.length === 0)
    throw new MaskwrightError('MODEL_UNKNOWN', `none of the models that were asked for knows ${asked.target.name}`);
  const record = { key, image: image.digest, rows, comparisons, ...(picture !== undefined && { picture }) };
  await journal.add(record);
  return record;
}

/** The row that stands for the case among the worst: the choice's, else the first model's. */
export function shown(rows: readonly CaseRow[]): CaseRow {
  const row = rows.find(({ model }) => model === AUTO) ?? rows[0];
  if (!row) throw new RangeError('a scored case has at least one row');
  return row;
}

function pictureOf({ look, data }: Scored, truth: Mask): string {
  return borderPicture(look.inference.image, truth, data);
}

/** A row with the mask that it scores, and the look that the mask is of. */
interface Scored {
  readonly row: CaseRow;
  readonly look: Look;
  readonly data: Uint8Array;
}

/** Of the models the masks of the image as it is; of the choice those that it took. */
function scoredOf({ models, scored }: Pair, compared: Compared, truth: Mask, promptType: string): Scored[] {
  const names = modelsOf(models);
  const common = { promptType, outcome: outcomeOf(compared), chosen: names[chosenKind(compared)] };
  return scored.flatMap((model) => {
    const look = model === AUTO ? compared : compared.asIs;
    const kind = model === AUTO ? chosenKind(compared) : CANDIDATES.find((one) => names[one] === model);
    const data = kind && maskOf(look, kind);
    if (!data) return [];
    const scores = { ...scoreMask(truth, { ...truth, data }), predictedDice: predictedOf(look, kind) };
    return [{ row: { model, ...scores, ...common }, look, data }];
  });
}

function comparisonOf(compared: Compared, truth: Mask): Comparison[] {
  const dice = (look: Look, kind: CandidateKind) => {
    const data = maskOf(look, kind);
    return data && diceOf(overlapOf(truth.data, data));
  };
  const [vlsm, conventional, consensus] = CANDIDATES.map((kind) => dice(compared.asIs, kind));
  const kind = chosenKind(compared);
  const auto = dice(compared, kind);
  if (vlsm === undefined || conventional === undefined || consensus === undefined || auto === undefined) return [];
  const { retouch } = compared.assessment;
  const stored = outcomeOf(compared) === 'stored';
  return [{ vlsm, conventional, consensus, auto, retouch, predicted: predictedOf(compared, kind), stored }];
}

function maskOf({ inference }: Look, kind: CandidateKind): Uint8Array | undefined {
  return inference[kind].masks[0]?.unpacked();
}

function outcomeOf({ assessment }: Look): CaseRow['outcome'] {
  return assessment.choice.kind === 'needs-person' ? 'needs-person' : 'stored';
}

/** The better candidate, also where a person must look before it is believed. */
function chosenKind({ assessment }: Look): CandidateKind {
  const [best] = assessment.candidates;
  return assessment.choice.kind === 'needs-person' ? (best?.kind ?? 'vlsm') : assessment.choice.kind;
}

function predictedOf({ assessment }: Look, kind: CandidateKind): number | null {
  return assessment.candidates.find((one) => one.kind === kind)?.predictedDice ?? null;
}
