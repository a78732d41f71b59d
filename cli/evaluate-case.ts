import { CANDIDATES, type CandidateKind, modelsOf } from '@maskwright/assess';
import type { Catalogue } from '@maskwright/catalogue';
import { MaskwrightError } from '@maskwright/errors';
import type { BundleShelf } from '@maskwright/model';
import { type CaseScore, scoreMask } from '@maskwright/score';
import { type Compared, compareModels, type Models } from '@maskwright/segmenter';
import { requestOf } from './case-request.ts';
import type { Case } from './evaluate-cases.ts';
import { type Journal, keyOf } from './evaluate-journal.ts';
import { AUTO, type Pair, pairsFor, remembering } from './evaluate-models.ts';
import { borderPicture } from './evaluate-picture.ts';
import type { CaseRecord, CaseRow, Comparison } from './evaluate-record.ts';
import type { Asked } from './evaluate-target.ts';
import { readKnownCase } from './known-case.ts';

export interface Evaluation {
  readonly catalogue: Catalogue;
  readonly shelf: BundleShelf;
  readonly modelsFor: (task: { readonly models: Asked['task']['models'] }) => Promise<Models>;
  /** Ids, or undefined for the task's own and `auto`. */
  readonly models: readonly string[] | undefined;
  /** P0 … P9, or undefined for the task's own words. */
  readonly promptTypes: readonly string[] | undefined;
  readonly journal: Journal<CaseRecord>;
  /** Whether a case with this Dice is one of the worst so far, so that its picture is kept. */
  readonly isWorst: (dice: number) => boolean;
}

/** Changed when scores or choices are made otherwise, so that older journals are not believed. */
const VERSION = 'maskwright.evaluation/3';

/** Scores one case, or takes it from the journal. @throws MaskwrightError naming what is wrong with the case */
export async function evaluateCase(one: Case, evaluation: Evaluation): Promise<CaseRecord> {
  const { catalogue, shelf, journal, models, promptTypes } = evaluation;
  const { source, asked, attributes, truth, content } = await readKnownCase(one, catalogue, shelf);
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
  for (const promptType of promptTypes ?? [undefined]) {
    const request = requestOf(catalogue, asked, source, attributes, promptType);
    const label = promptType ?? (asked.target.prompts || asked.task.prompts ? 'own' : asked.task.promptType);
    for (const pair of pairs) {
      const models = remembering(await evaluation.modelsFor(pair));
      const compared = await compareModels(models, request);
      const scores = scoresOf(compared, truth);
      rows.push(...rowsOf(pair, compared, scores, label));
      if (pair.scored.includes(AUTO)) comparisons.push(...comparisonOf(compared, scores));
      const [first] = rows;
      if (first && rows.length > 0 && picture === undefined && evaluation.isWorst(shown(rows).dice))
        picture = borderPicture(
          compared.inference.image,
          truth,
          compared.inference[chosenKind(compared)].masks[0]?.unpacked(),
        );
    }
  }
  if (rows.length === 0)
    throw new MaskwrightError('MODEL_UNKNOWN', `none of the models that were asked for knows ${asked.target.name}`);
  const record = { key, rows, comparisons, ...(picture !== undefined && { picture }) };
  await journal.add(record);
  return record;
}

/** The row that stands for the case among the worst: the choice's, else the first model's. */
export function shown(rows: readonly CaseRow[]): CaseRow {
  const row = rows.find(({ model }) => model === AUTO) ?? rows[0];
  if (!row) throw new RangeError('a scored case has at least one row');
  return row;
}

type Scores = Readonly<Record<CandidateKind, CaseScore | undefined>>;

function scoresOf({ inference }: Compared, truth: Parameters<typeof scoreMask>[0]): Scores {
  const score = (kind: CandidateKind) => {
    const data = inference[kind].masks[0]?.unpacked();
    return data && scoreMask(truth, { ...truth, data });
  };
  return { vlsm: score('vlsm'), conventional: score('conventional'), consensus: score('consensus') };
}

function rowsOf({ models, scored }: Pair, compared: Compared, scores: Scores, promptType: string): CaseRow[] {
  const names = modelsOf(models);
  const chosen = chosenKind(compared);
  const common = { promptType, outcome: outcomeOf(compared), chosen: names[chosen] };
  return scored.flatMap((model) => {
    const kind = model === AUTO ? chosen : CANDIDATES.find((one) => names[one] === model);
    const score = kind && scores[kind];
    return score ? [{ model, ...score, predictedDice: predictedOf(compared, kind), ...common }] : [];
  });
}

function comparisonOf(compared: Compared, { vlsm, conventional, consensus }: Scores): Comparison[] {
  if (!vlsm || !conventional || !consensus) return [];
  const kind = chosenKind(compared);
  const dice = { vlsm: vlsm.dice, conventional: conventional.dice, consensus: consensus.dice };
  return [
    { ...dice, auto: dice[kind], predicted: predictedOf(compared, kind), stored: outcomeOf(compared) === 'stored' },
  ];
}

function outcomeOf({ assessment }: Compared): CaseRow['outcome'] {
  return assessment.choice.kind === 'needs-person' ? 'needs-person' : 'stored';
}

/** The better candidate, also where a person must look before it is believed. */
function chosenKind({ assessment }: Compared): CandidateKind {
  const [best] = assessment.candidates;
  return assessment.choice.kind === 'needs-person' ? (best?.kind ?? 'vlsm') : assessment.choice.kind;
}

function predictedOf({ assessment }: Compared, kind: CandidateKind): number | null {
  return assessment.candidates.find((one) => one.kind === kind)?.predictedDice ?? null;
}
